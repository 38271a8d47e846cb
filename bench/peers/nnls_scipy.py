#!/usr/bin/python3
"""scipy.optimize.nnls on rows of a matrix, and how far our projections are from its.

  nnls_scipy.py X.npy PREFIX [--rows 2000] [--shift]

PREFIX.h.npy and PREFIX.nnls.npy are what `embedengine bench nmf --out PREFIX` wrote. Prints one JSON line:
microseconds a row as a user would call it (full rows), with the Gram factor made once (rows reduced to k
numbers by QR), and the largest difference relative to the row's largest weight (absolute below 1)."""
import argparse
import json
import os
import time

os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy as np
from scipy.optimize import nnls

ap = argparse.ArgumentParser()
ap.add_argument("x")
ap.add_argument("prefix")
ap.add_argument("--rows", type=int, default=2000)
ap.add_argument("--shift", action="store_true")
a = ap.parse_args()
X = np.load(a.x, mmap_mode="r")
H = np.load(a.prefix + ".h.npy").astype(np.float64)
ours = np.load(a.prefix + ".nnls.npy", mmap_mode="r")
low = X.min(0) if a.shift else 0
picked = np.random.default_rng(0).permutation(len(X))[:a.rows]
rows = np.array(X[picked] - low, np.float64)
A = np.ascontiguousarray(H.T)
Q, R = np.linalg.qr(A)
worst, begin, cpu = 0.0, time.perf_counter(), time.process_time()
found = [nnls(A, x)[0] for x in rows]
full, full_cpu = time.perf_counter() - begin, time.process_time() - cpu
begin = time.perf_counter()
for x in rows:
    nnls(R, Q.T @ x)
reduced = time.perf_counter() - begin
for w, i in zip(found, picked):
    worst = max(worst, float(np.abs(w - ours[i]).max() / max(1.0, np.abs(w).max())))
print(json.dumps({"peer": "scipy-nnls", "rows": len(rows), "us_per_row": full / len(rows) * 1e6,
                  "cpu_us_per_row": full_cpu / len(rows) * 1e6,
                  "qr_us_per_row": reduced / len(rows) * 1e6, "largest_difference": worst}))
