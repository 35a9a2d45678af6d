#include "app/engine/signals.h"

#include "core/error.h"

#include <array>
#include <atomic>
#include <csignal>
#include <unistd.h>

namespace finescope::app {

namespace {

// A signal handler is given nothing but the number: what it needs can only be here. Blocking the signals and
// waiting for them would do without, but OpenBLAS starts threads before main, and those would still take
// them.
std::atomic<int> handlerPipe{-1};
constexpr char kQuit = 0;

void passOn(int number) {
    const char byte = static_cast<char>(number);
    // Nothing can be done about a full pipe here; it would hold signals enough already.
    static_cast<void>(!write(handlerPipe.load(), &byte, 1));
}

} // namespace

SignalListener::SignalListener() {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) {
        throw Error(ErrorKind::internal, "cannot open a pipe for signals: too many open files");
    }
    m_readEnd = ends[0];
    handlerPipe = ends[1];
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    for (const int number : {SIGINT, SIGTERM}) {
        struct sigaction action {};
        action.sa_handler = passOn;
        action.sa_flags = SA_RESTART;
        sigaction(number, &action, nullptr);
    }
    m_thread = std::thread([source = m_stop, from = m_readEnd]() mutable {
        char number = kQuit;
        while (read(from, &number, 1) == 1 && number != kQuit) {
            // The kernel tells a run that its study died once for each of the study's threads: a repeated
            // SIGTERM is no hurry, and would end the run before it can say that it was cancelled.
            if (!source.request_stop() && number == SIGINT) {
                _exit(128 + number);
            }
        }
    });
}

SignalListener::~SignalListener() {
    static_cast<void>(!write(handlerPipe.load(), &kQuit, 1));
    m_thread.join();
}

} // namespace finescope::app
