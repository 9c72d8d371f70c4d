// The entries of a zip file in memory, for archives whose entries are stored as they are, as those
// of PyTorch and numpy.savez. No size, count or offset is trusted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fool {

class ZipArchive {
 public:
  // Reads the central directory (also Zip64). `where` begins the messages. Throws Error(kModel) if
  // it is damaged, if entries lie outside of the file or overlap, or if two have one name.
  ZipArchive(std::string_view bytes, std::string where);

  // Sorted; they lie in the bytes.
  const std::vector<std::string_view>& names() const { return names_; }
  bool contains(std::string_view name) const;

  // The bytes of an entry. Throws Error(kModel) if there is none of the name, or if it is
  // compressed or encrypted.
  std::string_view read(std::string_view name) const;

 private:
  struct Entry {
    std::string_view name;
    std::string_view data;
    bool plain = false;
  };

  const Entry* find(std::string_view name) const;
  std::string_view central_directory() const;
  Entry read_entry(std::string_view& directory, std::uint64_t& header);
  void check_extents(const std::vector<std::uint64_t>& headers) const;

  std::string_view bytes_;
  std::string where_;
  std::vector<Entry> entries_;
  std::vector<std::string_view> names_;
};

// Whether the bytes begin as a zip file does.
bool looks_like_zip(std::string_view bytes);

}  // namespace fool
