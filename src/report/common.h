// Small things that several reporters need.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "fool/core/image.h"
#include "fool/report/reporter.h"

namespace fool {

// The label of a class; its number where there is none.
std::string label_of(const RunInfo& info, int class_index);

// Is it time, for what happens every `every` generations (0 = never)? Generation 0 is too early.
bool due(int generation, int every);

Json to_json(const ArchiveStats& stats);

// Cut and not rounded: 0.99997 is not 1.
std::string confidence_text(double confidence, int digits = 4);

// A field of a CSV table, in quotes where it needs them (RFC 4180).
std::string csv_field(const std::string& text);

// Throws Error(kIo) if no file can be made there.
void require_writable(const std::filesystem::path& path);

// Makes the folder if it is not there. Throws Error(kIo).
void make_folder(const std::filesystem::path& path);

// Throws Error(kIo) if it is there and cannot be removed.
void remove_file(const std::filesystem::path& path);

// Draws the champions of the given classes, whose cells must be filled, and hands each to `use`, on
// several threads and in no order.
void draw_champions(
    const RunInfo& info, const std::vector<int>& classes,
    const std::function<void(int class_index, const Elite& elite, ConstImageView image)>& use);

}  // namespace fool
