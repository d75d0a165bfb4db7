"""Runs a command and fails if more memory than this was in use at once: peak_memory.py MEGABYTES COMMAND..."""

import resource
import subprocess
import sys

subprocess.run(sys.argv[2:], check=True)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6
print(f"peak {peak:.0f} MB of {sys.argv[1]} MB")
sys.exit(peak > float(sys.argv[1]))
