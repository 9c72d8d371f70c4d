#include "fool/data/known_data.h"

#include <algorithm>

namespace fool {

const std::vector<KnownData>& known_data() {
  const auto md5 = [](const char* hex) { return Digest{HashKind::kMd5, hex}; };
  static const std::vector<KnownData> known{
      {"mnist",
       {{"train-images-idx3-ubyte.gz", md5("f68b3c2dcbeaaa9fbdd348bbdeb94873"), 9912422},
        {"train-labels-idx1-ubyte.gz", md5("d53e105ee54ea40749a09fcbcd1e9432"), 28881},
        {"t10k-images-idx3-ubyte.gz", md5("9fb629c4189551a2d022fa330f9573f3"), 1648877},
        {"t10k-labels-idx1-ubyte.gz", md5("ec29112dd5afa0611ce80d1b7f02629c"), 4542}},
       {"https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/"}}};
  return known;
}

const KnownData* find_known_data(const std::string& name) {
  const std::vector<KnownData>& known = known_data();
  const auto it = std::find_if(known.begin(), known.end(),
                               [&](const KnownData& data) { return data.name == name; });
  return it == known.end() ? nullptr : &*it;
}

}  // namespace fool
