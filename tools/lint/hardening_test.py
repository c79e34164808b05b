#!/usr/bin/env python3
"""The hardening check must miss no protection that a program lacks: builds a program without each of them."""

import os
import pathlib
import platform
import subprocess
import tempfile
import unittest

import hardening

PROGRAM = """
#include <cstring>
#include <cstdio>
int main(int count, char** words) {
  char text[16];
  std::strcpy(text, words[count - 1]);
  std::puts(text);
}
"""
FLAGS = ["-O2", "-fPIE", "-pie", "-fstack-protector-strong", "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2",
         "-Wl,-z,relro", "-Wl,-z,now", "-Wl,-z,noexecstack"]
LANDING_PADS = {"x86_64": "-fcf-protection", "aarch64": "-mbranch-protection=standard"}.get(platform.machine())
# What takes the protection away, and a word of the sentence that says so.
WITHOUT = [("-no-pie", "PIE"), ("-Wl,-z,execstack", "stack"), ("-Wl,-z,norelro", "RELRO"), ("-Wl,-z,lazy", "BIND_NOW"),
           ("-fno-stack-protector", "stack protector"), ("-U_FORTIFY_SOURCE", "fortify"), ("-s", "symbols")]
if LANDING_PADS:
    FLAGS.append(LANDING_PADS)
    WITHOUT.append((LANDING_PADS.split("=")[0] + "=none", "landing pad"))


class Hardening(unittest.TestCase):
    def faults(self, *flags):
        with tempfile.TemporaryDirectory() as folder:
            program = pathlib.Path(folder, "program")
            subprocess.run([os.environ.get("CXX", "c++"), "-x", "c++", "-", "-o", str(program), *FLAGS, *flags],
                           input=PROGRAM, text=True, check=True)
            return list(hardening.faults(program))

    def test_accepts_a_program_with_all_of_it(self):
        self.assertEqual(self.faults(), [])

    def test_names_what_is_missing(self):
        for flag, word in WITHOUT:
            with self.subTest(flag):
                found = self.faults(flag)
                self.assertEqual(len([fault for fault in found if word in fault]), 1, found)

    def test_wants_a_program(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(hardening.main([folder]), 1)


if __name__ == "__main__":
    unittest.main()
