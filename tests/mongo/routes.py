"""Every route of the service says the same on MongoDB as on DuckDB: routes.py PROGRAM
(below scripts/with_mongod). Fails too where /openapi.json has a route that is not asked for here."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

PROGRAM = os.path.realpath(sys.argv[1])
PLAN = {"Channel_Used": "Email", "Duration": 30, "Acquisition_Cost": 12000, "Impressions": 150000}
# Of this process or this moment: compared without their values.
OF_THE_MOMENT = {"/health", "/health/ready", "/metrics"}


class Service:
    def __init__(self, folder, store):
        os.mkdir(folder)
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHIA_")}
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--port", "0", "--quiet", "--store", store], cwd=folder,
            stdout=subprocess.PIPE, text=True, env=environment)
        self.address = re.search(r"http://\S+?(?=/ )", self.process.stdout.readline())[0]
        self.asked = []  # (method, path)
        self.said = []   # (method, path, status, type, body)

    def ask(self, method, path, body=None, content_type="application/json"):
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
        if method != "GET" and body is None:
            body = b""
        request = urllib.request.Request(self.address + path, body, method=method,
                                         headers={"Content-Type": content_type} if body else {})
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                status, kind, text = answer.status, answer.headers["Content-Type"], answer.read()
        except urllib.error.HTTPError as error:
            status, kind, text = error.code, error.headers["Content-Type"], error.read()
        self.asked.append((method, path.split("?")[0]))
        self.said.append((method, path, status, kind, text))
        return json.loads(text) if kind and "json" in kind else text

    def job(self, document):
        for _ in range(1200):
            job = self.ask("GET", "/api/jobs/" + document["id"])
            if job["state"] not in ("queued", "running"):
                break
            self.said.pop()  # how often it is looked at is chance
            self.asked.pop()
            time.sleep(0.05)
        assert job["state"] == "done", job
        return job

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0


def talk(service, history, more):
    ask = service.ask
    for path in ("/health/live", "/health", "/health/ready", "/docs", "/openapi.json", "/"):
        ask("GET", path)
    ask("POST", "/predict", PLAN)  # no model yet
    ask("POST", "/upload", history, "text/csv")
    ask("POST", "/upload", history, "text/csv")
    ask("POST", "/upload", more, "text/csv")  # which mode?
    ask("POST", "/upload?mode=append", more, "text/csv")
    ask("POST", "/upload?mode=replace&dataset=other", more, "text/csv")
    ask("POST", "/api/datasets/example")
    ask("GET", "/api/datasets")
    ask("GET", "/api/datasets/campaigns")
    ask("GET", "/api/dataset/options")
    version = service.job(ask("POST", "/api/train", {"seed": 3}))["result"]["version"]
    service.job(ask("POST", "/api/train", {"seed": 3, "alpha": 2, "dataset": "other"}))
    ask("GET", "/api/jobs")
    ask("DELETE", "/api/jobs/train-1")  # over
    ask("GET", "/api/models")
    ask("GET", "/api/models/" + version)
    ask("POST", f"/api/models/{version}/activate")
    ask("GET", f"/api/models/{version}/explanation")
    ask("POST", "/predict", PLAN)
    ask("POST", "/predict?scale=link", [PLAN, PLAN | {"Channel_Used": "Nowhere"}])
    ask("POST", "/predict", PLAN | {"Nonsense": 1})
    ask("GET", "/recommend?budget=12000")
    ask("GET", "/recommend?budget=8000&objective=roi&Channel_Used=Email")
    ask("POST", "/api/experiments", {"dataset": "campaigns", "model_type": "mine",
                                     "metrics": {"auc": 0.5}})
    for what in ("predictions", "recommendations", "experiments"):
        # The log is written a moment after the answer.
        for _ in range(200):
            entries = ask("GET", f"/api/{what}?limit=100")
            if what != "predictions" or '"id":3' in json.dumps(entries, separators=(",", ":")):
                break
            service.said.pop()
            time.sleep(0.02)
        ask("GET", f"/api/{what}?limit=1&newest_first=true&dataset=campaigns")
        ask("GET", f"/api/{what}?limit=2&after=1")
    for what in ("predictions", "recommendations", "experiments", "campaigns"):
        for ending in ("csv", "json", "parquet"):
            ask("GET", f"/api/export/{what}.{ending}")
    ask("GET", "/api/report.html?budget=12000")
    page = ask("GET", "/").decode()
    ask("GET", re.search(r"/assets/[^\"]+", page)[0])
    ask("GET", "/api/plots/effects.svg")
    ask("POST", "/api/datasets/campaigns/restore")
    ask("POST", "/api/datasets/campaigns/restore")  # there is no more
    ask("GET", "/api/datasets/campaigns")
    ask("DELETE", "/api/datasets/other")
    ask("GET", "/api/datasets/other")
    ask("GET", "/metrics")


def timeless(entry):
    method, path, status, kind, body = entry
    if path.endswith(".parquet"):
        return method, path, status, kind  # holds times; the CSV is compared
    text = body.decode()
    if path in OF_THE_MOMENT:
        names = set(re.findall(r'"[a-z_]+"(?=:)|^pythia_\w+', text, re.M))
        # A file has no server to be asked.
        text = "\n".join(sorted(n for n in names if not n.startswith("pythia_store_commands")))
    text = re.sub(r"\d{4}-\d\d-\d\d[T ][0-9:.]+Z?", "TIME", text)
    text = re.sub(r"\b\d{8}T?-?\d{6}\b", "TIME", text)
    text = re.sub(r'"(owner|instance)":"[^"]*"', r'"\1":""', text)
    return method, path, status, kind, text


def main():
    with tempfile.TemporaryDirectory(prefix="pythia-routes-") as folder:
        os.chdir(folder)
        files = []
        for rows, seed in ((1500, 7), (400, 8)):
            subprocess.run([PROGRAM, "simulate", "--rows", str(rows), "--seed", str(seed),
                            "--signal", "strong", "--dirty", "0.02", "-o", "h.csv"], check=True,
                           stdout=subprocess.DEVNULL)
            files.append(open("h.csv", "rb").read())
        services = []
        for name, store in (("duckdb", "pythia.duckdb"),
                            ("mongodb", os.environ["MONGO_URI"] + "/routes")):
            service = Service(os.path.join(folder, name), store)
            services.append(service)
            try:
                talk(service, *files)
                service.end()
            finally:
                service.process.kill()
        file, database = services
        os.chdir("/")
    assert len(file.said) == len(database.said)
    for ours, theirs in zip(map(timeless, file.said), map(timeless, database.said)):
        if ours == theirs:
            continue
        at = next((i for i, (a, b) in enumerate(zip(str(ours), str(theirs))) if a != b), 0)
        sys.exit(f"FAILED: {ours[0]} {ours[1]} differs:\n DuckDB  {str(ours)[max(0, at - 80):at + 200]}"
                 f"\n MongoDB {str(theirs)[max(0, at - 80):at + 200]}")
    described = json.loads(next(s[4] for s in file.said if s[1] == "/openapi.json"))["paths"]
    for path, methods in described.items():
        pattern = re.compile(re.sub(r"{\w+}", "[^/]+", path) + "$")
        for method in methods:
            if not any(m == method.upper() and pattern.match(p) for m, p in file.asked):
                sys.exit(f"FAILED: {method.upper()} {path} is not asked for")
    print(f"routes: {len(file.said)} answers are the same on MongoDB and DuckDB")


main()
