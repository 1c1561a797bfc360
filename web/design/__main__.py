"""`python -m web.design [PORT]`: the design page and its samples on a port of this machine."""

import sys

import uvicorn

from web.design.app import make_app

if __name__ == "__main__":
    uvicorn.run(make_app(), host="127.0.0.1", port=int(sys.argv[1]) if len(sys.argv) > 1 else 8765, log_level="warning")
