#pragma once

// System calls, by the filter's answer. Skips names that an architecture does not have (arm64 has no `poll`).
// A call in none of these lists returns EPERM.

namespace rtcbot::sandbox {

/// Allowed with any arguments. They act on the process's own memory, threads and open descriptors; none of them names a
/// file or another process.
inline constexpr const char* kAllowed[] = {
    // Memory; mmap and mprotect have their own rules.
    "brk", "madvise", "mremap", "munmap",
    // Threads; clone has its own rule.
    "exit", "exit_group", "futex", "futex_wait", "futex_wake", "futex_waitv", "getcpu", "getpid", "gettid",
    "membarrier", "rseq", "sched_get_priority_max", "sched_get_priority_min", "sched_getaffinity", "sched_getparam",
    "sched_getscheduler", "sched_yield", "set_robust_list",
    // Signals to this process; tgkill has its own rule.
    "restart_syscall", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigtimedwait", "sigaltstack",
    // Clocks: system calls if the vDSO has no clock.
    "clock_getres", "clock_gettime", "clock_nanosleep", "gettimeofday", "nanosleep", "time", "timerfd_create",
    "timerfd_gettime", "timerfd_settime",
    // Waiting for descriptors.
    "epoll_create", "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_pwait2", "epoll_wait", "eventfd", "eventfd2",
    "pipe", "pipe2", "poll", "ppoll", "pselect6", "select",
    // Open descriptors; fcntl and ioctl have their own rules.
    "close", "fstat", "lseek", "read", "readv", "write", "writev",
    // Sockets; socket and setsockopt have their own rules.
    "accept", "accept4", "bind", "connect", "getpeername", "getsockname", "getsockopt", "listen", "recvfrom",
    "recvmmsg", "recvmsg", "sendmmsg", "sendmsg", "sendto", "shutdown",
    // Sizes and numbers of the process and the machine. glibc's qsort calls sysinfo.
    "getegid", "geteuid", "getgid", "getppid", "getrandom", "getrlimit", "getrusage", "getuid", "sysinfo", "uname"};

/// Return EACCES: the file system. Libraries sometimes look for files (OpenSSL, NSS, glibc) and work without them.
inline constexpr const char* kNoFiles[] = {
    "access",       "chdir",         "chmod",      "chown",     "creat",
    "faccessat",    "faccessat2",    "fchdir",     "fchmod",    "fchmodat",
    "fchmodat2",    "fchown",        "fchownat",   "fstatfs",   "ftruncate",
    "getcwd",       "getdents",      "getdents64", "getxattr",  "inotify_add_watch",
    "inotify_init", "inotify_init1", "lchown",     "lgetxattr", "link",
    "linkat",       "listxattr",     "lstat",      "mkdir",     "mkdirat",
    "mknod",        "mknodat",       "newfstatat", "open",      "openat",
    "openat2",      "readlink",      "readlinkat", "rename",    "renameat",
    "renameat2",    "rmdir",         "setxattr",   "stat",      "statfs",
    "statx",        "symlink",       "symlinkat",  "truncate",  "unlink",
    "unlinkat",     "utime",         "utimensat",  "utimes"};

/// End the process by SIGSYS: no library in it makes these calls, so only an attacker's code does. The parent sees the
/// signal, and the attacker gets no second attempt.
inline constexpr const char* kHostile[] = {
    // Other programs, and other processes' memory or descriptors.
    "execve", "execveat", "kcmp", "pidfd_getfd", "process_madvise", "process_mrelease", "process_vm_readv",
    "process_vm_writev", "ptrace",
    // Change of identity.
    "capset", "setfsgid", "setfsuid", "setgid", "setgroups", "setregid", "setresgid", "setresuid", "setreuid", "setuid",
    // Change of the view of the system.
    "chroot", "fsconfig", "fsmount", "fsopen", "fspick", "mount", "mount_setattr", "move_mount", "open_by_handle_at",
    "open_tree", "pivot_root", "setns", "umount", "umount2", "unshare",
    // Kernel parts with a history of vulnerabilities.
    "add_key", "bpf", "io_uring_enter", "io_uring_register", "io_uring_setup", "keyctl", "modify_ldt",
    "perf_event_open", "personality", "request_key", "userfaultfd", "vmsplice",
    // The machine itself.
    "acct", "adjtimex", "clock_adjtime", "clock_settime", "delete_module", "finit_module", "init_module", "ioperm",
    "iopl", "kexec_file_load", "kexec_load", "quotactl", "reboot", "sethostname", "setdomainname", "settimeofday",
    "swapoff", "swapon", "syslog", "vhangup"};

}  // namespace rtcbot::sandbox
