#!/usr/bin/python3
"""sklearn NMF (coordinate descent) on the session x item matrix of counts times idf, which `embedengine bench
nmf` makes too.

  nmf_sparse.py EVENTS.jsonl --peers DIR [--k 16] [--max-iter 200] [--tol 1e-4] [--threads 1] [--holdout 20]

idf = ln((1 + N) / (1 + df)) + 1 over sessions with at least one event. Needs Debian's numpy, scipy and
sklearn; `common.py` of the peers' folder reads the events. Prints one JSON line."""
import argparse
import os
import sys
import warnings

ap = argparse.ArgumentParser()
ap.add_argument("src")
ap.add_argument("--peers", default=os.environ.get("EMBEDENGINE_PEERS", ""))
ap.add_argument("--k", type=int, default=16)
ap.add_argument("--max-iter", type=int, default=200)
ap.add_argument("--tol", type=float, default=1e-4)
ap.add_argument("--init", default="nndsvd")
ap.add_argument("--threads", type=int, default=1)
ap.add_argument("--holdout", type=int, default=20)
a = ap.parse_args()
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = str(a.threads)
sys.path.insert(0, a.peers)
import numpy as np
import scipy.sparse as sp
from sklearn.decomposition import NMF
import common

warnings.simplefilter("ignore")
_, off, aid, _, _ = common.load(a.src, holdout=a.holdout)
items, column = np.unique(aid, return_inverse=True)
X = sp.csr_matrix((np.ones(len(aid), np.float32), column, off), shape=(len(off) - 1, len(items)))
X.sum_duplicates()
customers = int((np.diff(X.indptr) > 0).sum())
df = np.bincount(X.indices, minlength=X.shape[1])
X = X.multiply(np.log((1 + customers) / (1 + df)) + 1).tocsr().astype(np.float32)
norm = float(np.sqrt((X.data.astype(np.float64) ** 2).sum()))
m = NMF(a.k, init=a.init, solver="cd", max_iter=a.max_iter, tol=a.tol, random_state=0)
with common.Clock() as c:
    m.fit_transform(X)
common.emit(peer="sklearn-nmf-cd-sparse", init=a.init, n=X.shape[0], d=X.shape[1], nnz=X.nnz, k=a.k,
            threads=a.threads, wall_s=c.wall,
            cpu_s=c.cpu, iterations=m.n_iter_, s_per_iteration_cpu=c.cpu / m.n_iter_,
            error=float(m.reconstruction_err_), norm=norm, relative_error=float(m.reconstruction_err_) / norm,
            peak_rss_mb=common.rss_mb())
