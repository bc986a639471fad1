#!/bin/sh
# A real browser for the page tests: one that is there, Debian's where we may install it, Playwright's elsewhere.
set -e
if [ -n "$CLR_CHROMIUM" ] && [ -x "$CLR_CHROMIUM" ]; then exit 0; fi
if command -v chromium >/dev/null 2>&1; then exit 0; fi
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
  echo "installing Chromium for the page tests ..."
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-liberation >/dev/null
else
  .venv/bin/playwright install chromium
fi
