"""Stands for a kernel in the eyes of whoever starts it: asks for a warm one, hands signals on, ends when it ends."""

import json
import os
import signal
import socket
import sys
from pathlib import Path

talk = socket.socket(socket.AF_UNIX)
talk.connect(sys.argv[1])
asked = {"arguments": sys.argv[2:], "environment": dict(os.environ), "folder": str(Path.cwd())}
talk.sendall((json.dumps(asked) + "\n").encode())
kernel = int(talk.makefile("r").readline())
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda given, _: os.kill(kernel, given))
while talk.recv(1):
    pass
