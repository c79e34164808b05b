#!/usr/bin/env python3
"""Each lint must find what it is for, and leave good code alone."""

import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import core_purity
import coroutine_awaits
import function_size
import prose
import style_limits
import tidy
from source_text import code_of, comments_of

AWAITS_REFUSED = [
    "co_spawn(make_strand(co_await this_coro::executor), task, detached);",
    "co_await co_spawn(ex, [s = move(s)] { return run(s); }, use_awaitable);",
    "co_await co_spawn(ex, [&]() mutable -> awaitable<void> { co_return; }, use_awaitable);",
    "co_await f(Options{});",
    "co_await f({.name = name});",
    "auto x = co_await f({1, 2, 3});",
    "Pair p{co_await a(), co_await b()};",
    'Pair p{co_await a(), "b"};',
    "auto p = make_unique<Pair>(Pair{co_await a(), 1});",
    'vector<string> v = {"x", co_await a()};',
    "if (co_await f() != 5) { g(); }",
    "if (co_await f()) g();",
    "while (co_await f()) break;",
    "switch (co_await f()) { default: break; }",
    "for (auto x : co_await f()) g(x);",
    "for (int i = 0; co_await f(); ++i) g(i);",
    "for (auto x = co_await f(); x; --x) g(x);",
    "a[co_await f()] = 1;",
    "auto x = co_await a() + co_await b();",
    "auto x = 1 + co_await a();",
    "g(co_await a());",
    "return_value = x == co_await a();",
    "co_await (co_await a());",
    "co_return 1 + co_await a();",
    "auto x = ready ? co_await a() : 0;",
]
AWAITS_ALLOWED = [
    "co_await f();",
    "auto x = co_await f(); if (x != 5) g();",
    "x = co_await f(a, b[1], c->d);",
    "x.y_ = co_await f();",
    "const std::size_t n = co_await async_read(stream, buffer, use_awaitable);",
    "const auto& y = co_await f();",
    "std::vector<std::pair<int, int>> v = co_await f();",
    "auto [error, n] = co_await sock.async_receive(buffer(data), as_tuple(use_awaitable));",
    "co_return co_await f();",
    "co_await (a() || timer.async_wait(use_awaitable));",
    "if (ready) co_await f();",
    "if (f(a)(b)) { co_await g(); } else { co_await h(); }",
    "for (int i = 0; i < 3; ++i) { x = co_await f(i); }",
    "for (;;) co_await f();",
    "switch (state) { case State::a: co_await f(); break; default: co_await g(); }",
    "do { co_await f(); } while (again);",
    "try { co_await f(); } catch (...) { g(); }",
    "// if (co_await f())\n/* g(co_await a()) */",
    'log("if (co_await f())");',
    'auto f = [s = move(s)]() mutable { return s; }; co_spawn(ex, move(f), detached);',
]
CORE_REFUSED = [
    "auto t = std::chrono::steady_clock::now();",
    "auto t = Clock::now();",
    "std::thread t(f);",
    "std::this_thread::sleep_for(1s);",
    "std::random_device device;",
    "#include <boost/asio.hpp>",
    "#include <gst/gst.h>",
    "#include <sys/socket.h>",
    '#include "rtcbot/net/web_socket.hpp"',
    "#include <thread>",
    "#include <mutex>",
    "std::cout << 1;",
    'printf("x");',
]
CORE_ALLOWED = [
    "void f(Timestamp now);",
    "/// Converts from std::chrono::steady_clock::now().",
    "// #include <thread>",
    '#include "rtcbot/base/time.hpp"',
    "#include <chrono>",
    "std::mt19937_64 random(seed);",
    'log("std::thread");',
]
PROSE_REFUSED = [
    "The page dials anew.",
    "From the begin of the trace.",
    "The token is valid no more; make another.",
    "What can be late is on its way, and no more.",
    "A value that its program tells, and told no more later.",
    "It is none, so nothing happens.",
    "The controls have to be let go of first.",
    "The controls have to be let\ngo of first.",
    "Whoever opens the link is signed in.",
    "While its connection comes about.",
    "Video goes on meanwhile.",
    "The robot stands.",
    "The picture stands still.",
    "The id stands in the log.",
    "It comes back by itself.",
    "The server is told, and the page is not heard.",
    "Once the port is there, it is opened.",
    "A command of the driver's, and a thread of the user's.",
    "The rate is that which was delivered.",
]
PROSE_ALLOWED = [
    "The page dials again, from the beginning.",
    "A frame is no more than 1200 bytes, and no more candidates follow.",
    "The file is one of ours, and is none of theirs.",
    "Two viewers connect at once.",  # at the same time
    "Is there a robot? There is one.",
    "ICE stands for Interactive Connectivity Establishment.",
    "A command goes on the channel `rtcbot.drive`, and goes on `rtcbot.control` if it is large.",
    "The size of the robot's picture.",
    "Two cameras can be told apart.",
    "The function `begin_anew` and [a page](goes-on-anew.md).",
    "```\nwhoever goes on anew\n```",
    "<!-- figures: written by script/bench -->\n\nIt stands still, anew.\n\n<!-- end of figures -->",
]


class CoroutineAwaits(unittest.TestCase):
    def test_refuses_every_shape_that_may_be_miscompiled(self):
        for sample in AWAITS_REFUSED:
            with self.subTest(sample):
                self.assertTrue(coroutine_awaits.findings("awaitable<void> f() { " + sample + " }"))

    def test_passes_the_safe_shapes(self):
        for sample in AWAITS_ALLOWED:
            with self.subTest(sample):
                self.assertEqual(coroutine_awaits.findings("awaitable<void> f() {\n" + sample + "\n}"), [])

    def test_names_the_line(self):
        self.assertEqual(coroutine_awaits.findings("a();\nb();\ng(co_await a());\n")[0][0], 3)


class CorePurity(unittest.TestCase):
    def test_refuses_clocks_threads_sockets_and_dice(self):
        for sample in CORE_REFUSED:
            with self.subTest(sample):
                self.assertTrue(core_purity.findings("int x;\n" + sample + "\n", "broker"))

    def test_passes_what_is_told(self):
        for sample in CORE_ALLOWED:
            with self.subTest(sample):
                self.assertEqual(core_purity.findings("int x;\n" + sample + "\n", "broker"), [])

    def test_lets_flow_lock(self):
        self.assertEqual(core_purity.findings("#include <mutex>\n#include <condition_variable>\n", "flow"), [])

    def test_finds_a_file_in_a_tree(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "src" / "broker" / "bad.cpp"
            file.parent.mkdir(parents=True)
            file.write_text("std::thread t;\n")
            found, checked = core_purity.check_tree(pathlib.Path(folder))
            self.assertEqual((len(found), checked), (1, 1))


class FunctionSize(unittest.TestCase):
    def found(self, text, known=frozenset()):
        return [line for line, _ in function_size.findings(text, known)]

    def test_refuses_long_functions_and_many_parameters(self):
        long = "namespace a {\nvoid f() {\n" + "  g();\n" * 61 + "}\n}  // namespace a\n"
        self.assertEqual(self.found(long), [2])
        member = long.replace("namespace a {", "struct S {").replace("}  // namespace a", "};")
        self.assertEqual(self.found(member), [2])
        six = "int f(int a, int b, int c, int d, int e, int g) {\n}\n"
        self.assertEqual(self.found(six), [1])
        self.assertEqual(self.found(six, {"f"}), [])
        self.assertEqual(self.found("S::S(int a, int b, int c, int d, int e, int g)\n    : a_{a}, b_(b) {\n}\n"), [2])

    def test_passes_what_is_within_the_limits(self):
        for text in [
            "void f() {\n" + "  g();\n" * 60 + "}\n",
            "const std::map<int, std::function<void(int, int)>> kTable{\n" + "  {1, f(1, 2)},\n" * 99 + "};\n",
            "void f(std::map<int, std::map<int, int>> a, std::function<void(int, int, int, int)> b) {\n}\n",
            "void f(int a, int b, int c, int d, int e = {});\nint g() { return 1; }\n",
            "namespace a {\n" + "int x;\n" * 99 + "}  // namespace a\n",
        ]:
            with self.subTest(text[:40]):
                self.assertEqual(self.found(text), [])


class StyleLimits(unittest.TestCase):
    def test_refuses_long_files_long_lines_tabs_and_unfinished_work(self):
        for sample in ["x\n" * 501, "x" * 121, "\tx", "// TO" + "DO later", "# FIX" + "ME"]:
            with self.subTest(sample[:20]):
                self.assertEqual(len(style_limits.findings(sample)), 1)

    def test_passes_what_is_within_the_limits(self):
        self.assertEqual(style_limits.findings("x" * 120 + "\n" + "x\n" * 499), [])
        self.assertEqual(style_limits.findings("x\n" * 800, is_test_file=True), [])
        self.assertTrue(style_limits.findings("x\n" * 801, is_test_file=True))

    def test_finds_a_module_without_a_readme(self):
        with tempfile.TemporaryDirectory() as folder:
            module = pathlib.Path(folder) / "src" / "api"
            module.mkdir(parents=True)
            (module / "CMakeLists.txt").write_text("")
            self.assertEqual(len(style_limits.check_tree(pathlib.Path(folder))[0]), 1)
            (module / "README.md").write_text("# api")
            self.assertEqual(style_limits.check_tree(pathlib.Path(folder))[0], [])


class Prose(unittest.TestCase):
    def test_refuses_idioms(self):
        for sample in PROSE_REFUSED:
            with self.subTest(sample):
                self.assertTrue(prose.findings(sample + "\n"))

    def test_passes_plain_words_code_and_generated_figures(self):
        for sample in PROSE_ALLOWED:
            with self.subTest(sample):
                self.assertEqual(prose.findings(sample + "\n"), [])

    def test_reads_only_the_comments_of_cpp(self):
        self.assertEqual(prose.findings('int goes_on; log("it goes on.");\n', ".hpp"), [])
        self.assertEqual([line for line, _ in prose.findings("int x;\n/// It goes\n/// on.\n", ".hpp")], [2])
        self.assertEqual([line for line, _ in prose.findings("/* It\n * goes on. */  // anew\n", ".hpp")], [2, 2])

    def test_names_files_by_globs(self):
        for glob, name, matches in [("*.md", "a.md", True), ("*.md", "a/b.md", False), ("a/**/*.md", "a/b.md", True),
                                    ("a/**/*.md", "a/b/c.md", True), ("**/*.hpp", "src/a.hpp", True)]:
            with self.subTest(glob=glob, name=name):
                self.assertEqual(prose.re.fullmatch(prose.glob_pattern(glob), name) is not None, matches)

    @unittest.skipUnless(shutil.which("git"), "needs git")
    def test_judges_the_subjects_of_later_commits_alone(self):
        def git(*arguments):
            settings = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
            subprocess.run(["git", "-C", folder, *settings, *arguments], check=True, capture_output=True)

        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            self.assertEqual(prose.commit_findings(root), [])
            git("init", "--quiet")
            git("commit", "--allow-empty", "-m", "Before " + "x" * 80)
            (root / "tools" / "lint").mkdir(parents=True)
            (root / "tools" / "lint" / "prose.py").write_text("")
            git("add", ".")
            git("commit", "-m", "Add the lint")
            git("commit", "--allow-empty", "-m", "x" * 72)
            git("commit", "--allow-empty", "-m", "Revert " + "x" * 80)
            self.assertEqual(prose.commit_findings(root), [])
            git("commit", "--allow-empty", "-m", "x" * 73)
            self.assertEqual(len(prose.commit_findings(root)), 1)


NAMES_ALLOWED = """
namespace sample {
constexpr int kGlobal = 1;
enum class Color { red, dark_blue };
struct Point {
  int x = 0;
  static constexpr int kMax = 3;
};
class Counter {
 public:
  void add(int value) { total_ += value; }

 private:
  int total_ = 0;
};
template <class Value>
int twice(const Value& value) {
  constexpr int kFactor = 2;
  static const int kTable = kGlobal;
  const int local = kFactor;
  const auto doubled = [](auto each) { return each * 2; };
  return doubled(value) * local * kTable;
}
}  // namespace sample
"""
NAMES_REFUSED = [
    "constexpr int max_size = 1;",
    "const int MAX_SIZE = 2;",
    "enum class color { red };",
    "enum class Color { Red };",
    "struct point { int x = 0; };",
    "struct Point { int X = 0; };",
    "class Counter { int total = 0; };",
    "int Twice();",
    "int twice(int Value);",
    "inline void f() { constexpr int factor = 2; static_cast<void>(factor); }",
    "inline void f() { int Local = 0; static_cast<void>(Local); }",
    "template <class value> int twice(const value&);",
]


class Tidy(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name)

    def tearDown(self):
        self.folder.cleanup()

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def test_checks_no_tests(self):
        for path in ["src/net/url.cpp", "include/rtcbot/robot.hpp", "apps/rtcbot-robot/main.cpp", "bench/dead_man.cpp"]:
            self.assertTrue(tidy.is_checked(path), path)
        for path in ["src/net/test/url_test.cpp", "src/net/fuzz/url_fuzz.cpp", "tests/a.cpp", "src/README.md", "a.js"]:
            self.assertFalse(tidy.is_checked(path), path)

    def test_checks_a_header_with_one_file_that_includes_it(self):
        self.write("src/a/include/rtcbot/a/box.hpp", "")
        self.write("src/a/first.cpp", '#include "rtcbot/a/box.hpp"\n')
        self.write("src/a/box.cpp", '#include "rtcbot/a/box.hpp"\n#include "tool.hpp"\n')
        sources = ["src/a/box.cpp", "src/a/first.cpp"]
        self.assertEqual(tidy.user_of(self.root, "src/a/include/rtcbot/a/box.hpp", sources), "src/a/box.cpp")
        self.assertEqual(tidy.user_of(self.root, "src/a/tool.hpp", sources), "src/a/box.cpp")
        self.assertIsNone(tidy.user_of(self.root, "src/a/unused.hpp", sources))
        changed = ["src/a/tool.hpp", "src/a/first.cpp", "src/a/box.cpp", "src/a/unused.hpp"]
        self.assertEqual(tidy.select(self.root, changed, sources, 8), (["src/a/box.cpp", "src/a/first.cpp"], 0))
        self.assertEqual(tidy.select(self.root, changed, sources, 1), (["src/a/box.cpp"], 1))

    @unittest.skipUnless(shutil.which("git"), "needs git")
    def test_compares_with_main_or_on_main_with_the_commit_before(self):
        def git(*arguments):
            settings = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
            subprocess.run(["git", "-C", self.root, *settings, *arguments], check=True, capture_output=True)

        def commit(path, lines):
            self.write(path, "int x;\n" * lines)
            git("add", ".")
            git("commit", "-m", "x")

        def changed():
            return tidy.changed_files(self.root, tidy.base_of(self.root))

        self.assertIsNone(tidy.base_of(self.root))
        git("init", "--quiet", "-b", "main")
        commit("src/a/first.cpp", 1)
        self.assertIsNone(tidy.base_of(self.root))
        commit("src/a/second.cpp", 2)
        self.assertEqual(changed(), [(2, "src/a/second.cpp")])
        git("checkout", "--quiet", "-b", "branch")
        commit("src/a/third.cpp", 3)
        commit("src/a/fourth.cpp", 4)
        self.write("src/a/first.cpp", "int x;\n" * 9)
        self.write("src/a/new.hpp", "int x;\n")
        self.assertEqual(changed(), [(8, "src/a/first.cpp"), (4, "src/a/fourth.cpp"), (3, "src/a/third.cpp"),
                                     (1, "src/a/new.hpp")])

    @unittest.skipUnless(shutil.which(tidy.PROGRAM), f"needs {tidy.PROGRAM}")
    def test_has_the_names_of_the_guide(self):
        shutil.copy(pathlib.Path(__file__).parents[2] / ".clang-tidy", self.root)

        def lines_found(text):
            self.write("sample.cpp", text)
            self.write("compile_commands.json", json.dumps(
                [{"directory": str(self.root), "file": "sample.cpp", "command": "c++ -std=c++20 -c sample.cpp"}]))
            found = tidy.check(self.root, self.root, "sample.cpp")
            return sorted(int(line) for line in re.findall(r"sample\.cpp:(\d+):\d+: error", found)), found

        lines, found = lines_found(NAMES_ALLOWED)
        self.assertEqual((lines, found), ([], ""))
        lines, found = lines_found("\n".join(f"namespace n{i} {{ {text} }}" for i, text in enumerate(NAMES_REFUSED)))
        self.assertEqual(sorted(set(lines)), list(range(1, len(NAMES_REFUSED) + 1)), found)


class SourceText(unittest.TestCase):
    def test_keeps_comments_alone(self):
        text = 'a("x // y"); // c\n/** d\n * e */ f();\n'
        self.assertEqual(comments_of(text).split(), ["c", "d", "e"])
        columns = [list(map(len, lines.split("\n"))) for lines in (comments_of(text), text)]
        self.assertEqual(columns[0], columns[1])

    def test_blanks_comments_and_literals_and_keeps_lines(self):
        text = 'a("x // y"); // c\n/* d\n e */ f(\'"\', 1\'000, R"(g\n"h")");\n'
        code = code_of(text)
        self.assertEqual(code.count("\n"), text.count("\n"))
        self.assertIn("1'000", code)
        for gone in "xycdegh":
            self.assertNotIn(gone, code)


if __name__ == "__main__":
    unittest.main()
