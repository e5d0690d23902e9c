#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""burst.py BUILD_DIR [KEYS]: how long a key takes to its echo while replies of 100,000 events each come
in as fast as the line carries them, in the process that reads them, prices them and draws. Nothing here
passes or fails: read the figures."""
import json
import multiprocessing
import os
import shutil
import socket
import sys
import tempfile
import threading
import time

BUILD = os.path.abspath(sys.argv[1])
KEYS = int(sys.argv[2]) if len(sys.argv) > 2 else 300
EVENTS = 100000
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from desk import Console, Office


KNOWN = b'{"data": [], "has_more": false, "input_tokens": 50}'  # models, and a count of tokens
OTHER = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(KNOWN)}\r\n\r\n".encode() + KNOWN


def event(kind, **more):
    return f"event: {kind}\ndata: {json.dumps(dict(more, type=kind))}\n\n".encode()


def reply():
    usage = {"input_tokens": 50, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": 1}
    start = event("message_start", message={"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-5-5", "content": [], "usage": usage})
    start += event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    end = event("content_block_stop", index=0) + event("message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": 90}) + event("message_stop")
    return start + event("content_block_delta", index=0, delta={"type": "text_delta", "text": "w "}) * EVENTS + end


def serve(listener, under_way, whole):
    """A vendor of one answer; under_way counts the bursts that are being sent."""
    body = reply()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nrequest-id: req_1\r\ncontent-length: {len(body)}\r\n\r\n".encode()

    def line(c):
        data = b""
        while True:
            while b"\r\n\r\n" not in data:
                try:
                    got = c.recv(1 << 16)
                except OSError:
                    got = b""
                if not got:
                    return
                data += got
            asked, rest = data.split(b"\r\n\r\n", 1)
            length = next((int(h.split(b":")[1]) for h in asked.split(b"\r\n") if h.lower().startswith(b"content-length")), 0)
            while len(rest) < length:
                rest += c.recv(1 << 16)
            data = rest[length:]
            if b"/v1/messages HTTP" not in asked:
                c.sendall(OTHER)
                continue
            with under_way.get_lock():
                under_way.value += 1
            try:
                c.sendall(head + body)
                with whole.get_lock():
                    whole.value += 1
            except OSError:
                return
            finally:
                with under_way.get_lock():
                    under_way.value -= 1

    while True:
        c, _ = listener.accept()
        threading.Thread(target=line, args=(c,), daemon=True).start()


def ask(office, agent, whole):
    """A few are on the way all the time."""
    asked = 0
    while True:
        if asked - whole.value < 3:
            office.run("goal", "add", f"Say a word, {asked}", "--no-plan", "--agent", agent)
            asked += 1
        else:
            time.sleep(0.01)


def main():
    folder = tempfile.mkdtemp(prefix="claviger-burst-")
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    under_way, whole = multiprocessing.Value("i", 0), multiprocessing.Value("i", 0)
    vendor = multiprocessing.Process(target=serve, args=(listener, under_way, whole), daemon=True)
    vendor.start()
    try:
        office = Office(os.path.join(BUILD, "bin", "claviger"), os.path.join(folder, "a"))
        office.verb("key", "add", "--vendor", "anthropic", "--label", "main", "--base-url", f"http://127.0.0.1:{listener.getsockname()[1]}", "--stdin",
                    stdin=b"sk-ant-api03-burst-AAAA\n")
        agent = json.loads(office.verb("agent", "list", "--json"))[0]["name"]
        c = Console(office, rows=50, cols=160, env={"CLAVIGER_PASSPHRASE_FILE": ""})
        c.wait("assphrase")
        c.key(office.passphrase + "\r")
        c.wait("The vault is open")
        threading.Thread(target=ask, args=(office, agent, whole), daemon=True).start()
        took, turn, deadline = [], 0, time.monotonic() + 300
        c.key(b":")
        while len(took) < KEYS and time.monotonic() < deadline:
            c.read(0.013)
            letter = (b"Q", b"Z")[turn]  # another than stood there, should both come into one frame
            was_under_way = under_way.value > 0
            c.forget()
            began = time.monotonic()
            c.type(letter)
            while letter not in c.said and time.monotonic() - began < 5:
                c.read(0.0005)
            if was_under_way and under_way.value > 0:
                took.append((time.monotonic() - began) * 1000)
            turn = 1 - turn
            c.type(b"\x7f")
        c.close()
        took.sort()
        print(f"a key while {whole.value} replies of {EVENTS} events came in (goal: 99 of 100 within 16 ms): median {took[len(took) // 2]:.2f} ms, "
              f"99% within {took[int(len(took) * 0.99) - 1]:.2f} ms, worst {took[-1]:.2f} ms, of {len(took)}")
    finally:
        vendor.kill()
        shutil.rmtree(folder, ignore_errors=True)


main()
