#include "report/npz.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "fakes/python.h"
#include "model/zip_archive.h"
#include "report/support.h"

namespace fool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Npz, TheHeaderIsAsNumpyWritesIt) {
  // numpy.save of numpy.zeros((2, 3), 'u1'), NumPy 1.24.
  EXPECT_EQ(npy_header("|u1", {2, 3}),
            std::string("\x93NUMPY\x01\x00v\x00", 10) +
                "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }" +
                std::string(58, ' ') + "\n");
  EXPECT_THAT(npy_header("<f4", {5}), HasSubstr("'shape': (5,), }"));
  EXPECT_THAT(npy_header("<f4", {}), HasSubstr("'shape': (), }"));
  for (std::size_t side = 1; side < 100000000; side *= 10) {
    EXPECT_EQ(npy_header("<f4", {side}).size() % 64, 0U);
  }
}

TEST(Npz, TextsBecomeUtf32) {
  std::size_t length = 0;
  EXPECT_EQ(npy_texts({"a", "\xC3\xA4\xF0\x9F\x98\x80"}, length),
            std::string("a\0\0\0\0\0\0\0\xE4\0\0\0\x00\xF6\x01\0", 16));
  EXPECT_EQ(length, 2U);
  EXPECT_EQ(npy_texts({""}, length), std::string(4, '\0'));
  EXPECT_EQ(length, 1U);
  EXPECT_EQ(npy_texts({"\xC3"}, length), std::string("\xFD\xFF\0\0", 4));
}

TEST(Npz, IsAZipOfWhatWasAdded) {
  const TemporaryFolder folder;
  NpzFile file(folder / "a.npz");
  file.add("images", "|u1", {2, 2}, "abcd");
  file.add("empty", "<f4", {0}, "");
  EXPECT_THAT(file_names(folder.path()), ElementsAre(StartsWith("a.npz.")));
  file.commit();
  EXPECT_THAT(file_names(folder.path()), ElementsAre("a.npz"));
  const std::string bytes = read_file(folder / "a.npz");
  const ZipArchive zip(bytes, "a.npz");
  EXPECT_THAT(zip.names(), ElementsAre("empty.npy", "images.npy"));
  EXPECT_EQ(zip.read("images.npy"), npy_header("|u1", {2, 2}) + "abcd");
  EXPECT_EQ(zip.read("empty.npy"), npy_header("<f4", {0}));
}

TEST(Npz, NumpyReadsIt) {
  const std::string python = python_with("numpy");
  if (python.empty()) GTEST_SKIP() << "no Python with numpy";
  const TemporaryFolder folder;
  NpzFile file(folder / "a.npz");
  file.add("images", "|u1", {2, 1, 2, 1}, "abcd");
  file.add("targets", "<i8", {1}, std::string("\x07\0\0\0\0\0\0\0", 8));
  file.add("confidences", "<f4", {1}, std::string("\0\0\x40\x3F", 4));
  std::size_t length = 0;
  const std::string texts = npy_texts({"ein", "zw\xC3\xB6lf"}, length);
  file.add("labels", "<U" + std::to_string(length), {2}, texts);
  file.commit();
  write_file(folder / "read.py",
             "import sys, numpy, zipfile\n"
             "assert zipfile.ZipFile(sys.argv[1]).testzip() is None\n"
             "a = numpy.load(sys.argv[1])\n"
             "assert a['images'].shape == (2, 1, 2, 1) and a['images'].dtype == numpy.uint8\n"
             "assert a['images'].tobytes() == b'abcd'\n"
             "assert a['targets'].tolist() == [7] and a['targets'].dtype == numpy.int64\n"
             "assert a['confidences'].tolist() == [.75]\n"
             "assert a['labels'].tolist() == ['ein', 'zw\\u00f6lf']\n");
  const std::string command = python + " " + (folder / "read.py").string() + " " +
                              (folder / "a.npz").string() + " 2>" + (folder / "err").string();
  EXPECT_EQ(std::system(command.c_str()), 0) << read_file(folder / "err");
}

}  // namespace
}  // namespace fool
