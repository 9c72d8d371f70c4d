#include "report/page/template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fool/core/files.h"
#include "report/support.h"

namespace fool {
namespace {

TEST(PageTemplate, PutsInStylesAndScripts) {
  const TemporaryFolder folder;
  write_file(folder / "report.html", std::string(kPageMark) +
                                         "<title>{{title}}</title><style>{{a.css}}</style>"
                                         "<h1>{{title}}</h1>{{data}}<script>{{b.js}}</script>");
  write_file(folder / "a.css", "p{}");
  write_file(folder / "b.js", "x = {{y}};");
  const PageTemplate page(folder.path());
  EXPECT_EQ(page.head("<R&D>"),
            std::string(kPageMark) +
                "<title>&lt;R&amp;D&gt;</title><style>p{}</style><h1>&lt;R&amp;D&gt;</h1>");
  EXPECT_EQ(page.tail(), "<script>x = {{y}};</script>");
}

TEST(PageTemplate, WhatIsNoTemplateIsRefused) {
  const TemporaryFolder folder;
  expect_error(ErrorKind::kIo, "report.html", [&] { PageTemplate{folder.path()}; });
  write_file(folder / "report.html", "<html>{{data}}");
  expect_error(ErrorKind::kData, "expected it to begin with", [&] { PageTemplate{folder.path()}; });
  write_file(folder / "report.html", std::string(kPageMark));
  expect_error(ErrorKind::kData, "there is no {{data}}", [&] { PageTemplate{folder.path()}; });
  write_file(folder / "report.html", std::string(kPageMark) + "{{data}}{{none.js}}");
  expect_error(ErrorKind::kIo, "none.js", [&] { PageTemplate{folder.path()}; });
}

}  // namespace
}  // namespace fool
