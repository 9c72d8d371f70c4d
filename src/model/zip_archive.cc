#include "model/zip_archive.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "fool/core/error.h"
#include "model/byte_reader.h"
#include "model/printable.h"

// The layout: PKWARE's APPNOTE.TXT, sections 4.3 and 4.5.3.

namespace fool {
namespace {

constexpr std::string_view kLocalHeader = "PK\3\4";
constexpr std::string_view kCentralHeader = "PK\1\2";
constexpr std::string_view kEnd = "PK\5\6";
constexpr std::string_view kEnd64 = "PK\6\6";
constexpr std::string_view kEnd64Locator = "PK\6\7";
constexpr std::size_t kLocalHeaderSize = 30;
constexpr std::size_t kCentralHeaderSize = 46;
constexpr std::size_t kEndSize = 22;
constexpr std::size_t kEnd64LocatorSize = 20;
constexpr std::uint16_t kZip64Extra = 1;
constexpr std::uint32_t kSeeZip64 = 0xffffffff;

bool begins_with(std::string_view bytes, std::string_view signature) {
  return bytes.substr(0, signature.size()) == signature;
}

// Where the end record begins: after it there is nothing but a comment of the length it states.
std::size_t find_end(std::string_view bytes, const std::string& where) {
  const std::size_t longest = std::min<std::size_t>(bytes.size(), kEndSize + 0xffff);
  for (std::size_t size = kEndSize; size <= longest; ++size) {
    const std::size_t at = bytes.size() - size;
    if (begins_with(bytes.substr(at), kEnd) &&
        number_at<std::uint16_t>(bytes, at + 20, where) == size - kEndSize) {
      return at;
    }
  }
  fail(ErrorKind::kModel,
       "{}: is a zip archive without its end; the file is truncated: fetch or copy it again",
       where);
}

}  // namespace

ZipArchive::ZipArchive(std::string_view bytes, std::string where)
    : bytes_(bytes), where_(std::move(where)) {
  std::string_view directory = central_directory();
  std::vector<std::uint64_t> headers;
  while (!directory.empty()) {
    std::uint64_t header = 0;
    entries_.push_back(read_entry(directory, header));
    headers.push_back(header);
  }
  check_extents(headers);
  std::sort(entries_.begin(), entries_.end(),
            [](const Entry& a, const Entry& b) { return a.name < b.name; });
  for (const Entry& entry : entries_) {
    if (!names_.empty() && names_.back() == entry.name) {
      fail(ErrorKind::kModel, "{}: has the entry {} twice", where_, printable(entry.name));
    }
    names_.push_back(entry.name);
  }
}

std::string_view ZipArchive::central_directory() const {
  const std::size_t end = find_end(bytes_, where_);
  std::uint64_t size = number_at<std::uint32_t>(bytes_, end + 12, where_);
  std::uint64_t offset = number_at<std::uint32_t>(bytes_, end + 16, where_);
  if (end >= kEnd64LocatorSize &&
      begins_with(bytes_.substr(end - kEnd64LocatorSize), kEnd64Locator)) {
    const auto end64 = number_at<std::uint64_t>(bytes_, end - kEnd64LocatorSize + 8, where_);
    if (!begins_with(checked_part(bytes_, end64, 56, where_), kEnd64)) {
      fail(ErrorKind::kModel, "{}: the end of the zip archive is damaged", where_);
    }
    size = number_at<std::uint64_t>(bytes_, end64 + 40, where_);
    offset = number_at<std::uint64_t>(bytes_, end64 + 48, where_);
  }
  return checked_part(bytes_, offset, size, where_);
}

ZipArchive::Entry ZipArchive::read_entry(std::string_view& directory, std::uint64_t& header) {
  const std::string_view fixed = checked_part(directory, 0, kCentralHeaderSize, where_);
  if (!begins_with(fixed, kCentralHeader)) {
    fail(ErrorKind::kModel, "{}: the directory of the zip archive is damaged", where_);
  }
  const auto u16 = [&](std::size_t at) { return number_at<std::uint16_t>(fixed, at, where_); };
  const auto u32 = [&](std::size_t at) { return number_at<std::uint32_t>(fixed, at, where_); };
  const auto flags = u16(8);
  const auto method = u16(10);
  std::uint64_t size = u32(20);
  std::uint64_t original_size = u32(24);
  header = u32(42);
  const std::size_t name_size = u16(28);
  const std::size_t extra_size = u16(30);
  const std::size_t comment_size = u16(32);

  Entry entry;
  entry.name = checked_part(directory, kCentralHeaderSize, name_size, where_);
  std::string_view extra =
      checked_part(directory, kCentralHeaderSize + name_size, extra_size, where_);
  const std::size_t total = kCentralHeaderSize + name_size + extra_size + comment_size;
  checked_part(directory, 0, total, where_);
  directory.remove_prefix(total);

  // Fields of the Zip64 extra stand for those that are full, in this order.
  while (extra.size() >= 4) {
    const auto id = number_at<std::uint16_t>(extra, 0, where_);
    const auto length = number_at<std::uint16_t>(extra, 2, where_);
    const std::string_view body = checked_part(extra, 4, length, where_);
    extra.remove_prefix(4U + length);
    if (id != kZip64Extra) continue;
    std::size_t at = 0;
    for (std::uint64_t* field : {&original_size, &size, &header}) {
      if (*field != kSeeZip64) continue;
      *field = number_at<std::uint64_t>(body, at, where_);
      at += 8;
    }
    break;
  }

  const std::string where = where_ + ": entry " + printable(entry.name);
  if (!begins_with(checked_part(bytes_, header, kLocalHeaderSize, where), kLocalHeader)) {
    fail(ErrorKind::kModel, "{}: is not where the zip archive's directory says", where);
  }
  // The name and the extra field may have other lengths here: PyTorch pads to align the data.
  const std::uint64_t data = header + kLocalHeaderSize +
                             number_at<std::uint16_t>(bytes_, header + 26, where) +
                             number_at<std::uint16_t>(bytes_, header + 28, where);
  entry.data = checked_part(bytes_, data, size, where);
  const bool encrypted = (flags & 1U) != 0;
  entry.plain = method == 0 && !encrypted && size == original_size;
  return entry;
}

// Entries that share bytes are how a small archive pretends to hold much.
void ZipArchive::check_extents(const std::vector<std::uint64_t>& headers) const {
  std::vector<std::size_t> order(entries_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return headers[a] < headers[b]; });
  std::uint64_t end = 0;
  for (const std::size_t i : order) {
    if (headers[i] < end) {
      fail(ErrorKind::kModel, "{}: entry {} overlaps another one", where_,
           printable(entries_[i].name));
    }
    end = static_cast<std::uint64_t>(entries_[i].data.data() - bytes_.data()) +
          entries_[i].data.size();
  }
}

const ZipArchive::Entry* ZipArchive::find(std::string_view name) const {
  const auto it = std::lower_bound(names_.begin(), names_.end(), name);
  if (it == names_.end() || *it != name) return nullptr;
  return &entries_[static_cast<std::size_t>(it - names_.begin())];
}

bool ZipArchive::contains(std::string_view name) const { return find(name) != nullptr; }

std::string_view ZipArchive::read(std::string_view name) const {
  const Entry* entry = find(name);
  if (entry == nullptr) {
    fail(ErrorKind::kModel, "{}: the zip archive has no entry {}", where_, printable(name));
  }
  if (!entry->plain) {
    fail(ErrorKind::kModel,
         "{}: entry {} is compressed or encrypted, which PyTorch's files never are; unpack the "
         "archive and pack it again with zip -0, or save it anew from Python",
         where_, printable(name));
  }
  return entry->data;
}

bool looks_like_zip(std::string_view bytes) {
  return begins_with(bytes, kLocalHeader) || begins_with(bytes, kEnd);
}

}  // namespace fool
