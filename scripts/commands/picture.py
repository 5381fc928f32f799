"""Takes the README's pictures from a running platform.

    ./scripts/run                       in another terminal
    ./scripts/picture                   → docs/pictures/readiness.png
    ./scripts/picture --as Enablement --path /calls --height 1200 --to docs/pictures/review.png \
        --open "main li:has-text('willow pets demo') a" --open "a:has-text('Review of these scores')"
    ./scripts/picture --dark --address http://127.0.0.1:8081 --to somewhere.png

Signs in through the demonstration's page, as the sales leader unless told otherwise. Needs Chromium (or CHROMIUM=path)
and playwright.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WIDTH, HEIGHT = 1280, 1640


def main(argv: Sequence[str]) -> int:
    """Returns 0, or 1 without a browser or a platform."""
    arguments = _arguments(argv)
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("scripts/picture: no Chromium found; install it or set CHROMIUM to its path", file=sys.stderr)
        return 1
    from playwright.sync_api import Error, sync_playwright

    wide, high = (390, 844) if arguments.phone else (WIDTH, arguments.height)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        try:
            page = browser.new_page(
                viewport={"width": wide, "height": high},
                device_scale_factor=1.5,
                color_scheme="dark" if arguments.dark else "light",
            )
            page.goto(f"{arguments.address.rstrip('/')}/sign-in")
            page.locator(f"section:has(h2:text-is('{arguments.role}')) button").first.click()
            page.wait_for_load_state()
            page.goto(f"{arguments.address.rstrip('/')}{arguments.path}")
            for selector in arguments.open:
                page.goto(page.locator(selector).first.evaluate("link => link.href"))
            arguments.to.parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=arguments.to)
        except Error as error:
            print(f"scripts/picture: {str(error).splitlines()[0]}; is ./scripts/run running?", file=sys.stderr)
            return 1
        finally:
            browser.close()
    print(arguments.to)
    return 0


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/picture", description="Takes a page's picture.")
    parser.add_argument("--address", default="http://127.0.0.1:8081", help="the portal's address")
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "pictures" / "readiness.png")
    parser.add_argument("--path", default="/", help="another page")
    parser.add_argument("--as", dest="role", default="Sales leadership", help="a heading of the sign-in page")
    parser.add_argument("--open", action="append", default=[], help="follow the first link of this CSS selector")
    parser.add_argument("--height", type=int, default=HEIGHT, help="pixels")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--phone", action="store_true")
    return parser.parse_args(argv)
