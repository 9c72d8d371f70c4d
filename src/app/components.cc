#include "app/components.h"

#include "app/retrain_settings.h"
#include "app/run_config.h"
#include "fool/ascend/settings.h"
#include "fool/classify/classifier.h"
#include "fool/data/dataset.h"
#include "fool/encoding/encoding.h"
#include "fool/report/reporter.h"
#include "fool/search/search.h"
#include "fool/study/study.h"

namespace fool {
namespace {

template <typename R>
void append(std::vector<Component>& components, const std::string& kind) {
  for (const std::string& name : R::instance().names()) {
    const auto& entry = R::instance().find(name, kind);
    components.push_back({kind, name, entry.help, entry.parameters, entry.presets});
  }
}

}  // namespace

std::vector<Component> all_components() {
  std::vector<Component> components;
  components.push_back(
      {"run", "", "Settings at the top level of a configuration.", run_parameters(""), {}});
  append<EncodingRegistry>(components, "encoding");
  append<SearchRegistry>(components, "search");
  components.push_back({"image", "", "The images that are drawn.", run_parameters("image"), {}});
  components.push_back({"evaluate", "", "How images are scored.", run_parameters("evaluate"), {}});
  components.push_back(
      {"ascend", "", "Gradient ascent, for fool ascend.", ascend_parameters(), {}});
  components.push_back({"study",
                        "",
                        "A study's file for fool study, beside base and settings, which are for "
                        "fool evolve.",
                        study_parameters(""),
                        {}});
  components.push_back(
      {"study", "seeds", "The seeds of a study; or a list.", study_parameters("seeds"), {}});
  components.push_back({"study",
                        "checkpoints",
                        "Where a study looks at its runs beside their end.",
                        study_parameters("checkpoints"),
                        {}});
  components.push_back({"retrain",
                        "",
                        "Rounds of training and evolution, for fool retrain.",
                        retrain_parameters(),
                        {}});
  components.push_back(
      {"train", "", "How fool retrain trains each network.", learning_parameters(), {}});
  append<ReporterRegistry>(components, "report");
  append<DatasetRegistry>(components, "dataset");
  append<ClassifierRegistry>(components, "classifier");
  return components;
}

std::string component_choices(const std::string& kind) {
  std::string text;
  for (const Component& component : all_components()) {
    if (component.kind == kind) text += (text.empty() ? "" : "|") + component.name;
  }
  return text;
}

}  // namespace fool
