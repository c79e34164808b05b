#!/bin/sh
# bundle.sh SOURCE OUTPUT: bundles SOURCE/src into OUTPUT/rtcbot.js and OUTPUT/rtcbot.mjs, the video receiver's
# worker into OUTPUT/rtcbot-receiver.js, and the pages' scripts
# and styles into OUTPUT/robot.html and OUTPUT/list.html, with Debian's esbuild. The two forms of the library differ in
# their wrapping alone.
set -eu
source=$1
output=$2
mkdir -p "$output"

common='typeof module=="object"&&module.exports?module.exports=rtcbot:'
amd='typeof define=="function"&&define.amd&&define([],()=>rtcbot);'
# Global `rtcbot`, and a CommonJS or AMD module where the page has such a loader.
esbuild "$source/src/main.js" --bundle --minify --target=es2020 --format=iife --global-name=rtcbot --log-level=warning \
  --banner:js='/* rtcbot.js, MIT license */' \
  --footer:js="$common$amd" \
  --outfile="$output/rtcbot.js"
esbuild "$source/src/main.js" --bundle --minify --target=es2020 --format=esm --log-level=warning \
  --banner:js='/* rtcbot.mjs, MIT license */' --outfile="$output/rtcbot.mjs"
esbuild "$source/src/receiver/worker.js" --bundle --minify --target=es2020 --format=iife --log-level=warning \
  --banner:js='/* rtcbot-receiver.js, MIT license */' --outfile="$output/rtcbot-receiver.js"
cp "$source/rtcbot.d.ts" "$output/rtcbot.d.ts"
cp "$source/pages/manifest.webmanifest" "$output/manifest.webmanifest"
python3 "$source/tools/icon.py" "$output/apple-touch-icon.png"

for each in console/robot pages/list; do
  page=$(basename "$each")
  esbuild "$source/$each.js" --bundle --minify --target=es2020 --format=iife --log-level=warning \
    --outfile="$output/$page.page.js"
  esbuild "$source/$each.css" --bundle --minify --log-level=warning --outfile="$output/$page.page.css"
  python3 "$source/tools/inline.py" "$source/$each.html" "$output/$page.page.css" "$output/$page.page.js" \
    "$output/$page.html"
done
