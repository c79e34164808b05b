"""Starts a program as systemd would: with a listening socket as descriptor 3 and a socket that hears how it goes.

activate.py PROGRAM ARGUMENT ...: prints "listening N" and what the program notifies; SIGTERM is passed on.
"""
import os
import signal
import socket
import sys
import tempfile

listener = socket.create_server(("127.0.0.1", 0))
folder = tempfile.mkdtemp(prefix="rtcbot-activate-")
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.bind(f"{folder}/notify")
child = os.fork()
if child == 0:
    os.dup2(listener.fileno(), 3)
    os.set_inheritable(3, True)
    os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1", WATCHDOG_USEC="900000")
    os.environ["NOTIFY_SOCKET"] = f"{folder}/notify"
    os.execv(sys.argv[1], sys.argv[1:])
signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
print("listening", listener.getsockname()[1], flush=True)
notify.settimeout(0.1)
status = None
while True:
    try:
        print(notify.recv(4096).decode().replace("\n", " "), flush=True)
        continue
    except socket.timeout:
        pass
    if status is not None:
        break
    pid, ended = os.waitpid(child, os.WNOHANG)
    status = ended if pid else None
os.unlink(f"{folder}/notify")
os.rmdir(folder)
sys.exit(os.waitstatus_to_exitcode(status))
