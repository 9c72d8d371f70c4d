// The inner loops of layers and of reverse passes, included once per instruction set by
// layer_kernels_*.cc, which names FOOL_KERNEL_TARGET. As in kernels.inl, nothing here may call a
// function that is not inlined.

#include <cstddef>
#include <type_traits>

#include "encoding/activation_slope.h"
#include "encoding/color_gradient.h"
#include "encoding/composite.h"
#include "render/lanes.inl"
#include "render/layer_kernels.h"

namespace fool {
namespace {

// Weighted sums of rows: out[r][p] = weights[r * row_step] in[0][p] + weights[r * row_step +
// term_step] in[1][p] + ...
struct RowSums {
  const float* weights;
  std::ptrdiff_t row_step;
  std::ptrdiff_t term_step;
  int terms;
  const float* in;
  float* out;
  int n;
};

// As many pixels at a time as the registers hold four sums of.
#if defined(__AVX512F__)
using Wide = Two<Two<Lanes>>;
#else
using Wide = Two<Lanes>;
#endif

// Several rows at a time: a number that was loaded serves them all.
template <typename Real, int kRows, bool kBias>
FOOL_ALWAYS_INLINE void add_up(const RowSums& s, int row, int p) {
  static_assert(kRows >= 1 && kRows <= 4);
  const std::ptrdiff_t next = s.row_step;
  const float* weight = s.weights + row * next;
  const float* from = s.in + p;
  Real x = Real::load(from);
  Real a = x * weight[0];
  Real b = a;
  Real c = a;
  Real d = a;
  if constexpr (kRows > 1) b = x * weight[next];
  if constexpr (kRows > 2) c = x * weight[2 * next];
  if constexpr (kRows > 3) d = x * weight[3 * next];
  for (int t = 1; t < s.terms; ++t) {
    weight += s.term_step;
    from += s.n;
    x = Real::load(from);
    a = a + x * weight[0];
    if constexpr (kRows > 1) b = b + x * weight[next];
    if constexpr (kRows > 2) c = c + x * weight[2 * next];
    if constexpr (kRows > 3) d = d + x * weight[3 * next];
  }
  if constexpr (kBias) {
    weight += s.term_step;
    a = a + weight[0];
    if constexpr (kRows > 1) b = b + weight[next];
    if constexpr (kRows > 2) c = c + weight[2 * next];
    if constexpr (kRows > 3) d = d + weight[3 * next];
  }
  float* to = s.out + static_cast<std::ptrdiff_t>(row) * s.n + p;
  a.store(to);
  if constexpr (kRows > 1) b.store(to + s.n);
  if constexpr (kRows > 2) c.store(to + 2 * static_cast<std::ptrdiff_t>(s.n));
  if constexpr (kRows > 3) d.store(to + 3 * static_cast<std::ptrdiff_t>(s.n));
}

template <typename Real, bool kBias>
FOOL_ALWAYS_INLINE void add_up_rows(const RowSums& s, int rows, int p) {
  int row = 0;
  for (; row + 4 <= rows; row += 4) add_up<Real, 4, kBias>(s, row, p);
  switch (rows - row) {
    case 3:
      return add_up<Real, 3, kBias>(s, row, p);
    case 2:
      return add_up<Real, 2, kBias>(s, row, p);
    case 1:
      return add_up<Real, 1, kBias>(s, row, p);
    default:
      return;
  }
}

template <bool kBias>
void add_up_all(const RowSums& s, int rows) {
  int p = 0;
  for (; p + Wide::kCount <= s.n; p += Wide::kCount) add_up_rows<Wide, kBias>(s, rows, p);
  for (; p < s.n; p += Lanes::kCount) add_up_rows<Lanes, kBias>(s, rows, p);
}

void layer(const float* weights, int inputs, int units, const float* in, float* out, int n) {
  add_up_all<true>({weights, inputs + 1, 1, inputs, in, out, n}, units);
}

void layer_back(const float* weights, int inputs, int units, const float* gradient, float* out,
                int n) {
  add_up_all<false>({weights, 1, inputs + 1, units, gradient, out, n}, inputs);
}

// One register of each of several rows, side by side.
template <typename Real>
FOOL_ALWAYS_INLINE Real load_rows(const float* from, std::ptrdiff_t step) {
  if constexpr (std::is_same_v<Real, Lanes>) {
    return Lanes::load(from);
  } else {
    using Part = typename Real::Part;
    constexpr int kRows = Part::kCount / Lanes::kCount;
    return {load_rows<Part>(from, step), load_rows<Part>(from + kRows * step, step)};
  }
}

// The same of rows that lie anywhere.
template <typename Real>
FOOL_ALWAYS_INLINE Real load_rows(const float* const* from, int p) {
  if constexpr (std::is_same_v<Real, Lanes>) {
    return Lanes::load(from[0] + p);
  } else {
    using Part = typename Real::Part;
    constexpr int kRows = Part::kCount / Lanes::kCount;
    return {load_rows<Part>(from, p), load_rows<Part>(from + kRows, p)};
  }
}

FOOL_ALWAYS_INLINE void store_rows(Lanes x, float* to, std::ptrdiff_t) { x.store(to); }
template <typename Half>
FOOL_ALWAYS_INLINE void store_rows(Two<Half> x, float* to, std::ptrdiff_t step) {
  constexpr int kRows = Half::kCount / Lanes::kCount;
  store_rows(x.a, to, step);
  store_rows(x.b, to + kRows * step, step);
}

// One register for all rows.
template <typename Real>
FOOL_ALWAYS_INLINE Real for_all_rows(Lanes x) {
  if constexpr (std::is_same_v<Real, Lanes>) {
    return x;
  } else {
    using Part = typename Real::Part;
    return {for_all_rows<Part>(x), for_all_rows<Part>(x)};
  }
}

struct WeightTotals {
  const float* in;
  int inputs;
  const float* gradient;
  float* totals;
  int n;
};

// As many inputs at a time as the registers hold the products with four units of.
using Inputs = Wide;
constexpr int kInputsAtATime = Inputs::kCount / Lanes::kCount;

// kUnits units from `unit` on, one input or several from `input` on, or the bias: an input of 1.
template <typename Columns, int kUnits, bool kBias>
FOOL_ALWAYS_INLINE void add_products(const WeightTotals& t, int unit, int input) {
  static_assert(kUnits >= 1 && kUnits <= 4);
  constexpr std::ptrdiff_t kStep = Kernels::kLanes;
  const std::ptrdiff_t n = t.n;
  const std::ptrdiff_t next = (t.inputs + 1) * kStep;
  const float* const in = t.in + input * n;
  const float* const gradient = t.gradient + unit * n;
  for (int lane = 0; lane < Kernels::kLanes; lane += Lanes::kCount) {
    float* const to = t.totals + unit * next + input * kStep + lane;
    Columns a = load_rows<Columns>(to, kStep);
    Columns b = a;
    Columns c = a;
    Columns d = a;
    if constexpr (kUnits > 1) b = load_rows<Columns>(to + next, kStep);
    if constexpr (kUnits > 2) c = load_rows<Columns>(to + 2 * next, kStep);
    if constexpr (kUnits > 3) d = load_rows<Columns>(to + 3 * next, kStep);
    for (std::ptrdiff_t p = lane; p < n; p += kStep) {
      Columns x = a;
      if constexpr (!kBias) x = load_rows<Columns>(in + p, n);
      const auto product = [&](std::ptrdiff_t u) __attribute__((always_inline)) {
        const Columns g = for_all_rows<Columns>(Lanes::load(gradient + u * n + p));
        if constexpr (kBias) {
          return g;
        } else {
          return x * g;
        }
      };
      a = a + product(0);
      if constexpr (kUnits > 1) b = b + product(1);
      if constexpr (kUnits > 2) c = c + product(2);
      if constexpr (kUnits > 3) d = d + product(3);
    }
    store_rows(a, to, kStep);
    if constexpr (kUnits > 1) store_rows(b, to + next, kStep);
    if constexpr (kUnits > 2) store_rows(c, to + 2 * next, kStep);
    if constexpr (kUnits > 3) store_rows(d, to + 3 * next, kStep);
  }
}

template <int kUnits>
void add_products_of(const WeightTotals& t, int unit) {
  int input = 0;
  for (; input + kInputsAtATime <= t.inputs; input += kInputsAtATime) {
    add_products<Inputs, kUnits, false>(t, unit, input);
  }
  for (; input < t.inputs; ++input) add_products<Lanes, kUnits, false>(t, unit, input);
  add_products<Lanes, kUnits, true>(t, unit, t.inputs);
}

void layer_weights(const float* in, int inputs, const float* gradient, int units, float* totals,
                   int n) {
  const WeightTotals t{in, inputs, gradient, totals, n};
  int unit = 0;
  for (; unit + 4 <= units; unit += 4) add_products_of<4>(t, unit);
  switch (units - unit) {
    case 3:
      return add_products_of<3>(t, unit);
    case 2:
      return add_products_of<2>(t, unit);
    case 1:
      return add_products_of<1>(t, unit);
    default:
      return;
  }
}

// Calls body(type, p) for the pixels of a row, some at a time; type::type says how many.
template <typename T>
struct VectorType {
  using type = T;
};
template <typename Body>
FOOL_ALWAYS_INLINE void along_row(int n, const Body& body) {
  int p = 0;
  for (; p + Pack::kCount <= n; p += Pack::kCount) body(VectorType<Pack>(), p);
  for (; p < n; p += Lanes::kCount) body(VectorType<Lanes>(), p);
}

void sum(const float* const* sources, const float* weights, int edges, float* out, int n) {
  along_row(
      n, [&](auto type, int p) __attribute__((always_inline)) {
        using Real = typename decltype(type)::type;
        Real result = edges == 0 ? Real(0.0F) : Real::load(sources[0] + p) * weights[0];
        for (int e = 1; e < edges; ++e) result = result + Real::load(sources[e] + p) * weights[e];
        result.store(out + p);
      });
}

// Some edges at a time, so that their totals do not wait for each other.
template <typename Edges>
FOOL_ALWAYS_INLINE void add_edges(const float* const* sources, const float* weights,
                                  const float* gradient, float* const* source_gradients,
                                  float* totals, int n) {
  constexpr int kEdges = Edges::kCount / Lanes::kCount;
  for (int lane = 0; lane < Kernels::kLanes; lane += Lanes::kCount) {
    Edges total = load_rows<Edges>(totals + lane, Kernels::kLanes);
    for (int p = lane; p < n; p += Kernels::kLanes) {
      const Lanes g = Lanes::load(gradient + p);
      total = total + load_rows<Edges>(sources, p) * for_all_rows<Edges>(g);
      for (int e = 0; e < kEdges; ++e) {
        float* const to = source_gradients[e] + p;
        (Lanes::load(to) + g * weights[e]).store(to);
      }
    }
    store_rows(total, totals + lane, Kernels::kLanes);
  }
}

void sum_back(const float* const* sources, const float* weights, int edges, const float* gradient,
              float* const* source_gradients, float* totals, int n) {
  using Several = Two<Two<Lanes>>;
  constexpr int kSeveral = 4;
  int e = 0;
  for (; e + kSeveral <= edges; e += kSeveral) {
    add_edges<Several>(sources + e, weights + e, gradient, source_gradients + e,
                       totals + static_cast<std::ptrdiff_t>(e) * Kernels::kLanes, n);
  }
  for (; e < edges; ++e) {
    add_edges<Lanes>(sources + e, weights + e, gradient, source_gradients + e,
                     totals + static_cast<std::ptrdiff_t>(e) * Kernels::kLanes, n);
  }
}

// Calls body with the activation and the size as types.
template <Activation kActivation, typename Body>
FOOL_ALWAYS_INLINE void for_size(SumSize size, const Body& body) {
  constexpr std::integral_constant<Activation, kActivation> activation{};
  switch (size) {
    case SumSize::kAny:
      return body(activation, std::integral_constant<SumSize, SumSize::kAny>());
    case SumSize::kSmall:
      return body(activation, std::integral_constant<SumSize, SumSize::kSmall>());
  }
}
template <typename Body>
FOOL_ALWAYS_INLINE void for_activation(Activation activation, SumSize size, const Body& body) {
  switch (activation) {
    case Activation::kSine:
      return for_size<Activation::kSine>(size, body);
    case Activation::kSigmoid:
      return for_size<Activation::kSigmoid>(size, body);
    case Activation::kGaussian:
      return for_size<Activation::kGaussian>(size, body);
    case Activation::kLinear:
      return for_size<Activation::kLinear>(size, body);
    case Activation::kTanh:
      return for_size<Activation::kTanh>(size, body);
    case Activation::kRelu:
      return for_size<Activation::kRelu>(size, body);
  }
}

template <Activation kActivation, SumSize kSize>
void activate_row(const float* in, float* out, int n) {
  along_row(
      n, [&](auto type, int p) __attribute__((always_inline)) {
        using Real = typename decltype(type)::type;
        activate<kActivation, kSize>(Real::load(in + p)).store(out + p);
      });
}

void activate_rows(Activation activation, SumSize size, const float* in, float* out, int n) {
  for_activation(
      activation, size, [&](auto which, auto how) __attribute__((always_inline)) {
        activate_row<decltype(which)::value, decltype(how)::value>(in, out, n);
      });
}

template <Activation kActivation, SumSize kSize>
void times_slope(const float* sums, const float* values, float* gradient, int n) {
  along_row(
      n, [&](auto type, int p) __attribute__((always_inline)) {
        using Real = typename decltype(type)::type;
        const Real slope =
            activation_slope<kActivation, kSize>(Real::load(sums + p), Real::load(values + p));
        (Real::load(gradient + p) * slope).store(gradient + p);
      });
}

void activate_back(Activation activation, SumSize size, const float* sums, const float* values,
                   float* gradient, int n) {
  for_activation(
      activation, size, [&](auto which, auto how) __attribute__((always_inline)) {
        times_slope<decltype(which)::value, decltype(how)::value>(sums, values, gradient, n);
      });
}

void composite_rows(const float* in, float* first, float* second, int n) {
  along_row(
      n, [&](auto type, int p) __attribute__((always_inline)) {
        using Real = typename decltype(type)::type;
        const Composite<Real> both = composite(Real::load(in + p));
        both.first.store(first + p);
        both.second.store(second + p);
      });
}

void composite_back(const float* sums, const float* by_first, const float* by_second, float* out,
                    int n) {
  along_row(
      n, [&](auto type, int p) __attribute__((always_inline)) {
        using Real = typename decltype(type)::type;
        composite_gradient(Real::load(sums + p), Real::load(by_first + p),
                           Real::load(by_second + p))
            .store(out + p);
      });
}

void scale(const float* in, float factor, float offset, float* out, int n) {
  along_row(
      n, [&](auto type, int p) __attribute__((always_inline)) {
        using Real = typename decltype(type)::type;
        (Real::load(in + p) * factor + offset).store(out + p);
      });
}

void level_numbers(const float* values, float* out, int n) {
  along_row(
      n, [&](auto type, int p) __attribute__((always_inline)) {
        using Real = typename decltype(type)::type;
        const Real x = Real::load(values + p);
        (at_least(x, -x) * 255.0F).store(out + p);
      });
}

void level_numbers_back(const float* values, float* gradient, int n) {
  along_row(
      n, [&](auto type, int p) __attribute__((always_inline)) {
        using Real = typename decltype(type)::type;
        const Real factor =
            where_below(Real::load(values + p), Real(0.0F), Real(-255.0F), Real(255.0F));
        (Real::load(gradient + p) * factor).store(gradient + p);
      });
}

template <ColorSpace kSpace>
void color_back_in(int hue_scale, const float* first, const float* second, const float* third,
                   float* red, float* green, float* blue, int n) {
  for (int p = 0; p < n; p += Lanes::kCount) {
    const ColorGradient<Lanes> by = color_gradient<kSpace>(
        hue_scale, Lanes::load(first + p), Lanes::load(second + p), Lanes::load(third + p),
        Lanes::load(red + p), Lanes::load(green + p), Lanes::load(blue + p));
    by.first.store(red + p);
    by.second.store(green + p);
    by.third.store(blue + p);
  }
}

void color_back(const ColorRule& rule, const float* first, const float* second, const float* third,
                float* red, float* green, float* blue, int n) {
  const int scale = rule.hue_scale;
  switch (rule.space) {
    case ColorSpace::kRgb:
      return;
    case ColorSpace::kHsv:
      return color_back_in<ColorSpace::kHsv>(scale, first, second, third, red, green, blue, n);
    case ColorSpace::kHls:
      return color_back_in<ColorSpace::kHls>(scale, first, second, third, red, green, blue, n);
  }
}

constexpr LayerKernels kThisTarget = {
    FOOL_KERNEL_TARGET, layer,         layer_back,     layer_weights,  sum,   sum_back,
    activate_rows,      activate_back, composite_rows, composite_back, scale, level_numbers,
    level_numbers_back, color_back};

}  // namespace
}  // namespace fool
