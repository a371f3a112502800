# SPDX-License-Identifier: Apache-2.0
"""HiGHS, as scipy bundles it, on problems that lp_arrays_write() wrote.

    highs.py simplex|ipm FILE...    prints `load_s solve_s optimum` for each file
    highs.py version

The wrapper below scipy's linprog() is called without linprog()'s own checks and conversions, so
that what is timed is HiGHS.
"""
import subprocess
import sys
import time

import numpy as np
import scipy
from scipy.optimize import linprog
from scipy.optimize._highs._highs_wrapper import _highs_wrapper

INFINITE = 1e30  # HiGHS takes it for infinity; the wrapper cannot pass inf


def read(path):
    with open(path, "rb") as file:
        columns, rows, nonzeros = np.fromfile(file, np.int32, 3)
        cost, low, high = (np.fromfile(file, np.float64, columns) for _ in range(3))
        row_low, row_high = (np.fromfile(file, np.float64, rows) for _ in range(2))
        start = np.fromfile(file, np.int32, columns + 1)
        row = np.fromfile(file, np.int32, nonzeros)
        value = np.fromfile(file, np.float64, nonzeros)
    np.clip(row_low, -INFINITE, INFINITE, out=row_low)
    return cost, start, row, value, row_low, row_high, low, high


def solve(method, path):
    begin = time.process_time()
    problem = read(path)
    loaded = time.process_time()
    options = {"solver": method, "output_flag": False, "log_to_console": False}
    result = _highs_wrapper(*problem, np.empty(0, np.uint8), options)
    solved = time.process_time()
    print(repr(loaded - begin), repr(solved - loaded), repr(result["fun"]), flush=True)


def version():
    """HiGHS tells its version in the log of a solve only."""
    log = subprocess.run([sys.executable, __file__, "log"], capture_output=True, text=True)
    print(log.stdout.split()[2], "of scipy", scipy.__version__)


if __name__ == "__main__":
    if sys.argv[1] == "version":
        version()
    elif sys.argv[1] == "log":
        linprog([1], A_ub=[[1]], b_ub=[1], method="highs-ds", options={"disp": True})
    else:
        for path in sys.argv[2:]:
            solve(sys.argv[1], path)
