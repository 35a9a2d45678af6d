#include "app/engine/signals.h"

#include <csignal>
#include <pthread.h>
#include <unistd.h>

namespace finescope::app {

namespace {

sigset_t heardSignals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGUSR1); // sent by the destructor to its own thread only
    return set;
}

} // namespace

SignalListener::SignalListener() {
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    const sigset_t set = heardSignals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    m_thread = std::thread([source = m_stop, set]() mutable {
        int received = 0;
        while (sigwait(&set, &received) == 0 && received != SIGUSR1) {
            if (!source.request_stop()) {
                _exit(128 + received);
            }
        }
    });
}

SignalListener::~SignalListener() {
    pthread_kill(m_thread.native_handle(), SIGUSR1);
    m_thread.join();
}

} // namespace finescope::app
