// TensorBoard's event files: TFRecord framing around Event messages
// (tensorflow/core/util/event.proto and tensorflow/core/framework/summary.proto), of which only the
// fields used here are written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fool {

// CRC-32C (Castagnoli, RFC 3720).
std::uint32_t crc32c(std::string_view bytes);

// A record: length u64, its masked checksum u32, the bytes, their masked checksum u32, all
// little-endian.
std::string frame_record(std::string_view bytes);

// The whole records at the beginning of a file, up to the first that is damaged or unfinished. They
// lie in the bytes.
std::vector<std::string_view> read_records(std::string_view bytes);

// What is told at one step.
struct EventScalar {
  std::string tag;
  float value = 0.0F;
};
struct EventImage {
  std::string tag;
  int height = 0;
  int width = 0;
  int channels = 0;
  std::string png;
};
struct Event {
  double wall_time = 0;  // seconds since 1970
  std::int64_t step = 0;
  std::vector<EventScalar> scalars;
  std::vector<EventImage> images;
};

// The message of the first record of every file.
std::string encode_version_event(double wall_time);
std::string encode_event(const Event& event);

// Of an encoded event; 0 for one that names none.
std::int64_t step_of_event(std::string_view message);

}  // namespace fool
