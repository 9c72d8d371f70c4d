// Ctrl-C, SIGTERM and SIGHUP ask the work in progress to stop at the next safe place; a second one
// ends the process.
#pragma once

#include "fool/core/failure.h"  // Interrupted, which long work throws that saw interrupt_signal()

namespace fool {

// Installs the handlers, but not for signals that this process was started to ignore. The first
// Ctrl-C says on stderr what it does.
void handle_interrupts();

// The signal that asked to stop, or 0.
int interrupt_signal();

// Leaves the talking to another process of the same run.
void keep_quiet_about_interrupts();

}  // namespace fool
