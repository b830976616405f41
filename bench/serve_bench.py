"""How fast `pythia serve` answers, beside nginx and its own raw ceiling, in one run.

    python bench/serve_bench.py PYTHIA [--seconds 5] [--rounds 5] [--out bench/results/serve.json]

Every round asks each of them in turn with wrk over 64 keep-alive connections: nginx, which returns
a constant body of the same size to POST; /health/live; /predict with exact response-scale
explanations and its log; the same with 512 idle connections besides. Wall times are of cores that
wrk shares; CPU time per request is the server's own, and what to compare between versions.
"""

import argparse
import functools
import json
import os
import platform
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

PLAN = '{"Channel_Used":"Email","Duration":30,"Acquisition_Cost":12000,"Impressions":50000}'
CONNECTIONS = 64
IDLE = 512
POST = """wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '%s'
""" % PLAN
NGINX = """daemon off; worker_processes %d; pid %s/nginx.pid; error_log %s/error.log;
events { worker_connections 4096; }
http { access_log off; keepalive_requests 100000000;
  server { listen 127.0.0.1:%d;
    location / { default_type application/json; return 200 '%s'; } } }
"""


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def cpu_seconds(process):
    """User and system time of a process and its children."""
    total = 0
    pids = [process.pid]
    while pids:
        pid = pids.pop()
        try:
            fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
            children = open(f"/proc/{pid}/task/{pid}/children").read().split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
        pids += children
    return total / os.sysconf("SC_CLK_TCK")


def memory_mb(process):
    for line in open(f"/proc/{process.pid}/status"):
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0


def predict(port):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/predict", PLAN.encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read().decode()


def raw_predict(port):
    """One prediction without any library: what a start is measured with."""
    request = (f"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
               f"Content-Length: {len(PLAN)}\r\n\r\n{PLAN}").encode()
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request)
        return connection.recv(65536)


def wait_for(port, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.01)
    sys.exit(f"bench: nothing listens on port {port}")


def first_answer(pythia, folder):
    """Milliseconds from the start of the process to its first prediction."""
    port = free_port()
    begun = time.perf_counter()
    process = subprocess.Popen([pythia, "serve", "--port", str(port), "--quiet"], cwd=folder,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while True:
        try:
            answer = raw_predict(port)
            break
        except OSError:
            time.sleep(0.001)
    took = (time.perf_counter() - begun) * 1000
    process.send_signal(signal.SIGTERM)
    process.wait()
    if b" 200 " not in answer.split(b"\r\n")[0]:
        sys.exit("bench: wrong result: the first prediction failed")
    return took


UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


def metric(port, name):
    text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
    return int(re.search(rf"^{name} (\d+)", text, re.M)[1])


def wait_for_log(port):
    """What was predicted is in the log: its cost belongs to who caused it."""
    while metric(port, "pythia_log_waiting_entries") > 0:
        time.sleep(0.02)


def wrk(url, seconds, process, script=None, settle=lambda: None):
    before = cpu_seconds(process)
    words = ["wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", f"{seconds}s", "--latency"]
    out = subprocess.run(words + (["-s", script] if script else []) + [url], check=True,
                         capture_output=True, text=True).stdout
    settle()
    cpu = cpu_seconds(process) - before
    if "Non-2xx" in out or "Socket errors" in out:
        sys.exit(f"bench: wrong result: {out}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])
    count = int(re.search(r"(\d+) requests in", out)[1])
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", out).groups()
    return {"per_second": rate, "p99_ms": float(value) * UNITS[unit], "cpu_us": cpu / count * 1e6}


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo")
                  if line.startswith("model name")), "unknown")
    return {"cores": os.cpu_count(), "processor": model, "kernel": platform.release(),
            "load_before": os.getloadavg()[0]}


def summary(rounds):
    return {key: {"min": min(r[key] for r in rounds), "max": max(r[key] for r in rounds),
                  "median": statistics.median(r[key] for r in rounds)} for key in rounds[0]}


def verdict(name, value, limit, least):
    kept = value >= limit if least else value <= limit
    print(f"  {name:<52}{value:>12,.2f}   {'>=' if least else '<='} {limit:,}  "
          f"{'kept' if kept else 'NOT KEPT'}")
    return {"value": value, "limit": limit, "kept": kept}


def main():
    words = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    words.add_argument("pythia")
    words.add_argument("--seconds", type=int, default=5)
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--rows", type=int, default=20000)
    words.add_argument("--out")
    given = words.parse_args()
    pythia = os.path.realpath(given.pythia)
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    if not shutil.which("wrk") or not os.path.exists(nginx):
        sys.exit("bench: wrk and nginx are needed: scripts/setup bench")
    folder = tempfile.mkdtemp(prefix="pythia-bench-")
    processes = []
    try:
        for line in (["simulate", "--rows", str(given.rows), "--seed", "1", "-o", "h.csv"],
                     ["clean", "h.csv"], ["train"]):
            subprocess.run([pythia, *line], cwd=folder, check=True, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
        script = os.path.join(folder, "post.lua")
        open(script, "w").write(POST)
        starts = [first_answer(pythia, folder) for _ in range(9)]

        port = free_port()
        served = subprocess.Popen([pythia, "serve", "--port", str(port), "--quiet"], cwd=folder,
                                  stdout=subprocess.DEVNULL)
        processes.append(served)
        wait_for(port)
        answer = predict(port)
        time.sleep(1)
        idle_mb = memory_mb(served)

        nginx_port = free_port()
        body = ("x" * len(answer.encode())).replace("'", " ")
        open(os.path.join(folder, "nginx.conf"), "w").write(
            NGINX % (os.cpu_count(), folder, folder, nginx_port, body))
        other = subprocess.Popen([nginx, "-p", folder, "-c", "nginx.conf"],
                                 stderr=subprocess.DEVNULL)
        processes.append(other)
        wait_for(nginx_port)

        url = f"http://127.0.0.1:{port}"
        results = {"nginx": [], "live": [], "predict": [], "predict_idle": []}
        for i in range(given.rounds + 1):
            logged = functools.partial(wait_for_log, port)
            one = {"nginx": wrk(f"http://127.0.0.1:{nginx_port}/", given.seconds, other, script),
                   "live": wrk(f"{url}/health/live", given.seconds, served),
                   "predict": wrk(f"{url}/predict", given.seconds, served, script, logged)}
            idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(IDLE)]
            one["predict_idle"] = wrk(f"{url}/predict", given.seconds, served, script, logged)
            for connection in idle:
                connection.close()
            if i > 0:  # the first round warms up
                for name, result in one.items():
                    results[name].append(result)
        busy_mb = memory_mb(served)
        lost = metric(port, "pythia_log_lost_entries_total")
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)

    about = machine()
    print(f"machine  {about['cores']} cores, {about['processor']}, load {about['load_before']:.1f}")
    print(f"answer   {len(answer.encode())} bytes, {given.rounds} rounds of {given.seconds} s, "
          f"{CONNECTIONS} connections")
    print(f"{'':<16}{'requests/s':>12}{'(min)':>10}{'p99 ms':>10}{'CPU us each':>13}")
    sums = {name: summary(rounds) for name, rounds in results.items()}
    for name, one in sums.items():
        print(f"{name:<16}{one['per_second']['median']:>12,.0f}{one['per_second']['min']:>10,.0f}"
              f"{one['p99_ms']['median']:>10.2f}{one['cpu_us']['median']:>13.1f}")
    fast = [r["per_second"] for r in results["predict"]]
    ratios = [p / r["per_second"] for p, r in zip(fast, results["nginx"])]
    idles = [1 - r["per_second"] / p for p, r in zip(fast, results["predict_idle"])]
    targets = {
        "requests per second": verdict("predictions per second", statistics.median(fast), 25000, True),
        "of nginx": verdict("of nginx", statistics.median(ratios), 0.3, True),
        "p99": verdict("p99 of predictions, ms", sums["predict"]["p99_ms"]["median"], 10, False),
        "idle": verdict("slower by 512 idle connections, share", statistics.median(idles), 0.1, False),
        "start": verdict("start to first prediction, ms", statistics.median(starts), 100, False),
        "memory": verdict("idle memory, MB", idle_mb, 80, False),
        "lost": verdict("predictions missing from the log", lost, 0, False)}
    print(f"  memory after the rounds: {busy_mb:.0f} MB")
    if given.out:
        os.makedirs(os.path.dirname(os.path.abspath(given.out)), exist_ok=True)
        with open(given.out, "w") as out:
            json.dump({"machine": about, "seconds": given.seconds, "rounds": results,
                       "starts_ms": starts, "idle_mb": idle_mb, "busy_mb": busy_mb,
                       "targets": targets}, out, indent=1)
            out.write("\n")


main()
