#!/bin/sh
# Starts the build that was set up last, under whichever name this was called.
home=$(cd -P /usr/lib/county-desk/current 2>/dev/null && pwd)
name=${0##*/}
if [ -z "$home" ] || [ ! -x "$home/bin/$name" ]; then
    echo "县域指挥台没有装完：安装中途断了。本机的数据没有动过。请以 root 运行：dpkg --configure -a" >&2
    echo "County Desk is not wholly installed: its installation was cut short. The data on this" \
        "computer is untouched. As root, run: dpkg --configure -a" >&2
    exit 75
fi
exec "$home/bin/$name" "$@"
