"""A book of its own to try bangfu with, on either database, and a server over it. Used by scripts/kill and hostile."""

import glob
import html.parser
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "demo"
PATIENCE = 300
LOG = "serve.log"
CLERK, PASSWORD = "clerk", "walks through every page"


class Failure(Exception):
    """A promise that does not hold."""


class Book:
    """A book of its own in a folder of its own, on one of the databases."""

    def __init__(self, place, program, folder, name):
        self.place, self.program, self.name = place, program, name
        self.folder = Path(folder) / name
        self.folder.mkdir()
        place.make(self)

    def environment(self):
        kept = {key: value for key, value in os.environ.items() if not key.startswith("BANGFU_")}
        return {**kept, "BANGFU_LANG": "zh", **self.place.environment(self)}

    def begin(self, *words, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE):
        return subprocess.Popen(
            [self.program, *map(str, words)], cwd=self.folder, env=self.environment(), text=True,
            stdin=stdin, stdout=subprocess.PIPE, stderr=stderr)

    def add_clerk(self):
        """An account of the county's centre, where the book has none yet."""
        if f'"{CLERK}"' in self.run("--json", "user", "list"):
            return
        adding = self.begin("user", "add", CLERK, "--role", "centre-clerk", "--password-stdin", stdin=subprocess.PIPE)
        _, said = adding.communicate(PASSWORD, timeout=PATIENCE)
        if adding.returncode:
            raise Failure(f"no account can be made: {said.strip()[-600:]}")

    def log(self):
        """What servers over the book have said."""
        return (self.folder / LOG).read_text(errors="replace")

    def run(self, *words, codes=(0,)):
        run = self.begin(*words)
        try:
            out, said = run.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            run.kill()
            raise Failure(f"{words} does not end") from None
        if run.returncode not in codes:
            raise Failure(f"{words} ended with {run.returncode}: {said.strip()[-600:]}")
        return out

    def copy(self, name):
        return self.place.copy(self, Book.__new__(Book), name)

    def drop(self):
        self.place.drop(self)
        shutil.rmtree(self.folder, ignore_errors=True)


class Sqlite:
    name = "sqlite"

    def make(self, book):
        pass

    def environment(self, book):
        return {"BANGFU_DATABASE": "sqlite:book.db"}

    def copy(self, book, new, name):
        new.place, new.program, new.name = self, book.program, name
        new.folder = book.folder.parent / name
        shutil.copytree(book.folder, new.folder)
        return new

    def drop(self, book):
        pass


class Postgres:
    name = "postgres"

    def __init__(self):
        self.address = os.environ["BANGFU_TEST_POSTGRES"]
        self.server, _, _ = self.address.rpartition("/")
        self.prefix = "kill_" + uuid.uuid4().hex[:10] + "_"
        found = shutil.which("psql") or next(iter(sorted(glob.glob("/usr/lib/postgresql/*/bin/psql"))[::-1]), None)
        if not found:
            sys.exit("psql is missing")
        self.psql = found

    def say(self, sentence):
        done = subprocess.run([self.psql, "-qX", "-v", "ON_ERROR_STOP=1", self.address, "-c", sentence],
                              capture_output=True, text=True)
        if done.returncode:
            raise Failure(done.stderr)

    def environment(self, book):
        return {"BANGFU_DATABASE": f"{self.server}/{self.prefix}{book.name}",
                "BANGFU_KEY": os.environ["BANGFU_KEY"]}

    def make(self, book):
        self.say(f"CREATE DATABASE {self.prefix}{book.name} TEMPLATE template0")

    def copy(self, book, new, name):
        new.place, new.program, new.name = self, book.program, name
        new.folder = book.folder.parent / name
        new.folder.mkdir()
        # A program that was killed a moment ago may still be seen by the server.
        self.say("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                 f"WHERE datname = '{self.prefix}{book.name}'")
        for _ in range(50):
            try:
                self.say(f"CREATE DATABASE {self.prefix}{name} TEMPLATE {self.prefix}{book.name}")
                return new
            except Failure as failure:
                if "accessed by other users" not in str(failure):
                    raise
                time.sleep(0.1)
        raise Failure(f"{book.name} is held by somebody")

    def drop(self, book):
        self.say(f"DROP DATABASE {self.prefix}{book.name} WITH (FORCE)")


# --- the pages ----------------------------------------------------------------------------------------------


class Rows(html.parser.HTMLParser):
    """The rows of a page's tables, each as the texts of its cells."""

    def __init__(self, page):
        super().__init__()
        self.rows, self.cell = [], None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.cell = []

    def handle_endtag(self, tag):
        if tag in ("td", "th") and self.cell is not None:
            self.rows[-1].append(re.sub(r"\s+", " ", "".join(self.cell)).strip())
            self.cell = None

    def handle_data(self, data):
        if self.cell is not None:
            self.cell.append(data)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Server:
    """`bangfu serve` over a book, and its clerk who has signed in."""

    def __init__(self, book):
        book.add_clerk()
        with (book.folder / LOG).open("a") as log:
            self.run = book.begin("serve", "--listen", "127.0.0.1:0", stderr=log)
        line = self.run.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        if not found:
            self.run.kill()
            raise Failure(f"serve says {line!r} {book.log()[-600:]}")
        self.address = found.group()
        self.opener = urllib.request.build_opener(NoRedirect)
        self.cookie, self.word = "", ""
        self.sign_in()

    def sign_in(self):
        form = urllib.parse.urlencode({"login": CLERK, "password": PASSWORD}).encode()
        try:
            self.opener.open(self.address + "/sign-in", data=form, timeout=60)
            raise Failure("the clerk cannot sign in")
        except urllib.error.HTTPError as answer:
            kept = answer.headers.get("Set-Cookie") or ""
        self.cookie = kept.split(";")[0]
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.ask("/me")[1])
        if not found:
            raise Failure("the clerk cannot sign in")
        self.word = found[1]

    def ask(self, path, form=None, file=None):
        body, headers = None, {"Cookie": self.cookie}
        if form is not None:
            form = {"csrf": self.word, **form}
        if form is not None and not file:
            body = urllib.parse.urlencode(form).encode()
        elif file:
            mark = uuid.uuid4().hex
            parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
                     for key, value in form.items()]
            parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n'
                         "Content-Type: application/octet-stream\r\n\r\n".encode() + file.read_bytes() + b"\r\n")
            body = b"".join([*parts, f"--{mark}--\r\n".encode()])
            headers["Content-Type"] = f"multipart/form-data; boundary={mark}"
        request = urllib.request.Request(self.address + path, data=body, headers=headers)
        try:
            with self.opener.open(request, timeout=60) as answer:
                return answer.status, answer.read().decode(), answer.headers.get("Location")
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode(), answer.headers.get("Location")

    def page(self, path):
        status, page, to = self.ask(path)
        if status == 303:
            status, page, _ = self.ask(to)
        if status != 200:
            raise Failure(f"{path} answers {status}")
        return page

    def upload(self, kind, file):
        """Uploads a file and waits until it is compared; the address of its page."""
        status, page, place = self.ask("/import", {"kind": kind, "as_of": "", "until": ""}, file)
        if status != 303:
            raise Failure(f"the upload answers {status}: {page[:300]}")
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            status, _, to = self.ask(place)
            if status == 303:
                return to
            time.sleep(0.05)
        raise Failure("the upload is never read")

    def kill(self):
        self.run.send_signal(signal.SIGKILL)
        self.run.communicate()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.run.send_signal(signal.SIGTERM)
        try:
            self.run.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            self.kill()
