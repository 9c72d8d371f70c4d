// Ctrl-C and SIGTERM ask the work in progress to stop at the next safe place; a second one ends the
// process.
#pragma once

namespace fool {

void handle_interrupts();  // installs the handlers; called once by main

// The signal that asked to stop, or 0.
int interrupt_signal();

// Thrown by long work that saw interrupt_signal().
struct Interrupted {};

}  // namespace fool
