"""``python -m infra`` is `weft`: how `weft up` starts its processes."""

from infra.cli import main

main()
