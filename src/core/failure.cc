#include "fool/core/failure.h"

#include <new>

namespace fool {

Error current_error() {
  try {
    throw;
  } catch (const Error& error) {
    return error;
  } catch (const std::bad_alloc&) {
    return {ErrorKind::kDevice,
            "out of memory; a smaller --batch-size, --block or --image-size needs less"};
  } catch (const std::exception& error) {
    return {ErrorKind::kInternal, fmt::format("internal error: {}", error.what())};
  } catch (...) {
    return {ErrorKind::kInternal, "internal error: an unknown exception"};
  }
}

}  // namespace fool
