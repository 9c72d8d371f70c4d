#include <gmock/gmock.h>

#include <opencv2/imgcodecs.hpp>

#include "data/data_files.h"
#include "fakes/environment.h"
#include "fakes/expect_error.h"
#include "fool/core/error.h"
#include "fool/data/dataset.h"

namespace fool {
namespace {

using testing::HasSubstr;

class Folder : public testing::Test {
 protected:
  // A picture of one pixel.
  void draw(const std::string& name, int grey) {
    std::vector<std::uint8_t> bytes;
    cv::imencode(".png", cv::Mat(1, 1, CV_8UC1, cv::Scalar(grey)), bytes);
    put(folder_, name, {bytes.begin(), bytes.end()});
  }
  static std::unique_ptr<Dataset> open(const std::string& path) {
    const Json section{{"type", "folder"}, {"path", path}};
    return DatasetRegistry::instance().make(
        DatasetRegistry::instance().resolve(section, "dataset"));
  }
  std::string message(ErrorKind kind = ErrorKind::kData) {
    return error_message(kind, [&] { open(folder_.path())->at(0); });
  }
  // "label grey" of every item.
  static std::vector<std::string> contents(const Dataset& dataset) {
    std::vector<std::string> result;
    for (int i = 0; i < dataset.size(); ++i) {
      const LabelledImage item = dataset.at(i);
      result.push_back(std::to_string(item.label) + " " + std::to_string(item.image[0].data[0]));
    }
    return result;
  }
  ScratchFolder folder_;
};

TEST_F(Folder, SortedSubFoldersAreClasses) {
  draw("zebra/1.png", 30);
  draw("ant/b.png", 20);
  draw("ant/a.PNG", 10);
  draw("ant/deeper/c.png", 25);
  put(folder_, "ant/notes.txt", "no picture");
  put(folder_, ".hidden/x.png", "");
  const auto dataset = open(folder_.path());
  EXPECT_EQ(dataset->classes(), 2);
  EXPECT_THAT(contents(*dataset), testing::ElementsAre("0 10", "0 20", "0 25", "1 30"));
  EXPECT_THAT(dataset->at(3).name, testing::EndsWith("zebra/1.png"));
}

TEST_F(Folder, ATableNamesFilesAndClasses) {
  draw("a.png", 10);
  draw("sub/b.png", 20);
  draw("not_listed.png", 99);
  put(folder_, "labels.csv", "name,file,class_index\n\"one, two\",sub/b.png,7\nx,a.png,-1\n");
  const auto dataset = open(folder_.path());
  EXPECT_EQ(dataset->classes(), 8);
  EXPECT_THAT(contents(*dataset), testing::ElementsAre("7 20", "-1 10"));
}

TEST_F(Folder, PicturesAloneHaveNoLabels) {
  draw("b.png", 20);
  draw("a.png", 10);
  const auto dataset = open(folder_.path());
  EXPECT_EQ(dataset->classes(), 0);
  EXPECT_THAT(contents(*dataset), testing::ElementsAre("-1 10", "-1 20"));
}

TEST_F(Folder, SaysWhatIsWrong) {
  EXPECT_THAT(message(), HasSubstr("holds no pictures"));
  put(folder_, "labels.csv", "file,class\na.png,1\n");
  EXPECT_THAT(message(), HasSubstr("has no column \"class_index\""));
  put(folder_, "labels.csv", "file,class_index\na.png,-2\n");
  EXPECT_THAT(message(),
              HasSubstr("a.png: expected a class index from 0 up (or -1 for unknown), found -2"));
  put(folder_, "labels.csv", "file,class_index\na.png,1\n");
  EXPECT_THAT(message(), HasSubstr("a.png"));  // listed, but not there
  put(folder_, "a.png", "hello");
  EXPECT_THAT(message(), HasSubstr("a.png is damaged or not a picture"));
}

TEST_F(Folder, NeedsAPath) {
  EXPECT_THAT(error_message(ErrorKind::kConfig, [] { open(""); }), HasSubstr("dataset.path"));
  EXPECT_THAT(error_message(ErrorKind::kData, [] { open("/nonexistent/photos"); }),
              HasSubstr("/nonexistent/photos is not a folder"));
}

TEST_F(Folder, MayBeANameBelowTheDataPath) {
  draw("photos/a/1.png", 10);
  const ScopedVariable variable("FOOL_DATA_PATH", folder_.path());
  EXPECT_EQ(open("photos")->size(), 1);
  EXPECT_THAT(
      error_message(ErrorKind::kData, [] { open("pictures"); }),
      HasSubstr("data set \"pictures\" not found; looked in: " + (folder_ / "pictures").string()));
}

}  // namespace
}  // namespace fool
