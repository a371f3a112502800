#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Turns the public data of a folder beside the checkout into portfolios with series.

    convert.py OUT [--data FOLDER] [--caiso]

Without --caiso: one site at the ERCOT Houston hub in 15-minute intervals from 2021-01-08 to
2026-07-01, with Bitcoin, weather and the shape of an AI service's load. With it: a battery in
Southern California, 5-minute prices from 2025-08-01 to 2025-10-04, one day of which is missing.
FOLDER is `shared/data` beside the checkout; where it is absent nothing is written.
"""

import argparse
import collections
import csv
import datetime
import gzip
import pathlib
import statistics
import sys

HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
QUARTER = datetime.timedelta(minutes=15)
BLOCKS_PER_DAY = 144  # one every 600 s, where the number found is not known

HOUSTON = """\
# One site at the ERCOT Houston hub, 5.5 years of real prices. Written by tests/real/convert.py.
ampacity: 1
name: Houston, real prices
time: {{from: {start}, to: {end}, step: 15 min}}

series:
  lmp:        {{file: prices.csv.gz,  column: houston}}
  btc_price:  {{file: bitcoin.csv.gz, column: price}}
  difficulty: {{file: bitcoin.csv.gz, column: difficulty}}
  fees:       {{file: bitcoin.csv.gz, column: fees}}
  outdoor:    {{file: weather.csv.gz, column: dry_bulb}}
  chat:       {{file: load.csv.gz,    column: chat}}

bitcoin: {{price: btc_price, difficulty: difficulty, fees: fees}}

sites:
  - id: houston
    country: US
    time_zone: America/Chicago
    grid: {{import_limit: 250 MW, export_limit: 50 MW}}
    supply: {{energy_price: lmp, adder: 4.5 USD/MWh, export_price: lmp}}
    battery: {{power: 50 MW, energy: 100 MWh, charge_efficiency: 95 %, discharge_efficiency: 95 %,
              initial_soc: 50 %, final_soc: 50 %, minimum_soc: 10 %, wear: 6 USD/MWh}}
    mining:
      - {{id: s21,     machines: 15000, hashrate: 200 TH/s, efficiency: 17.5 J/TH, pool_fee: 1 %, overhead: 3 %}}
      - {{id: s19xp,   machines: 15000, hashrate: 140 TH/s, efficiency: 21.5 J/TH, pool_fee: 1 %, overhead: 4 %}}
      - {{id: s19jpro, machines: 10000, hashrate: 100 TH/s, efficiency: 30.5 J/TH, pool_fee: 1 %, overhead: 5 %}}
    halls:
      - id: leased
        it_power: 50 MW
        pue: {{outdoor: outdoor, curve: [[-10, 1.12], [20, 1.18], [40, 1.34]]}}
        lease: {{load: 85 %, fee: 130 USD/kW/month, penalty: 6000 USD/MWh}}
      - id: serving
        it_power: 30 MW
        pue: 1.25
        inference: {{demand: chat, value: [[60 %, 420 USD/MWh], [100 %, 180 USD/MWh]]}}
"""

SP15 = """\
# A battery at the CAISO SP15 hub, real 5-minute prices. Written by tests/real/convert.py.
ampacity: 1
name: SP15, a battery alone
time: {{from: {start}, to: {end}, step: 5 min}}

series:
  lmp: {{file: sp15.csv.gz, column: sp15, gaps: hold}}   # one day is missing

sites:
  - id: sp15
    country: US
    time_zone: America/Los_Angeles
    grid: {{import_limit: 50 MW, export_limit: 50 MW}}
    supply: {{energy_price: lmp, export_price: lmp}}
    battery: {{power: 50 MW, energy: 100 MWh, charge_efficiency: 95 %, discharge_efficiency: 95 %}}
"""


def rows_of(path):
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def time_of(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def text_of(time):
    return time.strftime("%Y-%m-%dT%H:%MZ")


def write_series(path, header, rows):
    """The same bytes every time: the gzip header has neither a time nor a name."""
    with open(path, "wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as file:
        file.write(("time," + header + "\n").encode())
        for row in rows:
            file.write((",".join(row) + "\n").encode())


def steps(start, end, step):
    while start < end:
        yield start
        start += step


def print_extended(column, extended, count, how):
    share = 100.0 * extended / count
    print(f"  {column}: {extended} of {count} rows ({share:.1f} %) extended by {how}")


def convert_prices(data, out):
    """@return start and end of the prices."""
    found = [(row["interval_start_utc"], row["hb_houston_rt_spp_usd_per_mwh"])
             for row in rows_of(data / "prices" / "ercot_hb_houston_rt15_2021_2026.csv.gz")]
    write_series(out / "prices.csv.gz", "houston [USD/MWh]", found)
    return time_of(found[0][0]), time_of(found[-1][0]) + QUARTER


def bitcoin_by_day(data):
    """The columns as they are known, by date; fees in BTC a block."""
    known = {"price": {}, "difficulty": {}, "fees": {}}
    for row in rows_of(data / "bitcoin" / "btc_daily_2017_2025.csv.gz"):
        day = row["date_utc"]
        if row["price_usd"]:
            known["price"][day] = float(row["price_usd"])
        if row["difficulty"]:
            known["difficulty"][day] = float(row["difficulty"])
        if row["fees_btc_per_day"]:
            blocks = float(row["blocks_per_day"] or BLOCKS_PER_DAY)
            known["fees"][day] = float(row["fees_btc_per_day"]) / blocks
    return known


def convert_bitcoin(data, out, start, end):
    known = bitcoin_by_day(data)
    last = {name: values[max(values)] for name, values in known.items()}
    extended = collections.Counter()
    rows = []
    first = start.replace(hour=0, minute=0)
    for time in steps(first, end, DAY):
        day = time.strftime("%Y-%m-%d")
        cells = [text_of(time)]
        for name, values in known.items():
            extended[name] += day not in values
            cells.append(repr(values.get(day, last[name])))
        rows.append(cells)
    write_series(out / "bitcoin.csv.gz",
                 "price [USD/BTC],difficulty [1],fees [BTC/block]", rows)
    for name in known:
        print_extended("bitcoin " + name, extended[name], len(rows), "its last value")


def same_hour_before(time, known):
    """The same hour of the latest earlier year that is known; 29 February becomes the 28th."""
    year = time.year
    while True:
        year -= 1
        day = 28 if (time.month, time.day) == (2, 29) else time.day
        earlier = time.replace(year=year, day=day)
        if earlier in known:
            return known[earlier]
        if year < 2000:
            raise ValueError(f"no weather for {time}")


def convert_weather(data, out, start, end):
    known = {time_of(row["hour_start_utc"]): row["dry_bulb_c"]
             for row in rows_of(data / "weather" / "dallas_tx_hourly_2020_2024.csv.gz")}
    rows = []
    extended = 0
    for time in steps(start.replace(minute=0), end, HOUR):
        extended += time not in known
        value = known[time] if time in known else same_hour_before(time, known)
        rows.append((text_of(time), value))
    write_series(out / "weather.csv.gz", "dry_bulb [degC]", rows)
    print_extended("weather", extended, len(rows), "the same hour of an earlier year")


def load_shape(data):
    """Share of the peak by (weekday, hour). The trace grows fast over its 24 days, so that a
    weekday is measured against the middle of its own week."""
    by_hour = collections.Counter()
    by_day = collections.Counter()
    for row in rows_of(data / "ai_load" / "alibaba_genai2026_requests.csv.gz"):
        time = datetime.datetime.fromisoformat(row["t_utc_as_given"])
        work = float(row["exec_s"] or 0)
        by_hour[time.hour] += work
        by_day[time.date()] += work
    relative = collections.defaultdict(list)
    for day, work in by_day.items():
        week = [by_day[day + DAY * i] for i in range(-3, 4) if day + DAY * i in by_day]
        relative[day.weekday()].append(work / statistics.median(week))
    weekday = {i: statistics.median(relative[i]) for i in range(7)}
    shape = {(i, hour): weekday[i] * by_hour[hour] for i in range(7) for hour in range(24)}
    peak = max(shape.values())
    return {key: value / peak for key, value in shape.items()}


def convert_load(data, out, start, end):
    shape = load_shape(data)

    def rows():
        for time in steps(start, end, QUARTER):
            after = time + HOUR
            now = shape[time.weekday(), time.hour]
            following = shape[after.weekday(), after.hour]
            yield text_of(time), f"{now + (following - now) * time.minute / 60:.4f}"

    write_series(out / "load.csv.gz", "chat [1]", rows())


def convert_houston(data, out):
    print("Houston:")
    start, end = convert_prices(data, out)
    convert_bitcoin(data, out, start, end)
    convert_weather(data, out, start, end)
    convert_load(data, out, start, end)
    text = HOUSTON.format(start=text_of(start), end=text_of(end))
    (out / "portfolio.yaml").write_text(text, encoding="utf-8")


def convert_caiso(data, out):
    rows = [(row["interval_start_utc"], row["th_sp15_rt_lmp_usd_per_mwh"])
            for row in rows_of(data / "prices" / "caiso_sp15_rt5_2025.csv.gz")]
    write_series(out / "sp15.csv.gz", "sp15 [USD/MWh]", rows)
    text = SP15.format(start="2025-08-01", end="2025-10-04")
    (out / "portfolio.yaml").write_text(text, encoding="utf-8")


def main():
    beside = pathlib.Path(__file__).resolve().parents[3] / "shared" / "data"
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=pathlib.Path, help="folder for the portfolio and its series")
    parser.add_argument("--data", type=pathlib.Path, default=beside, help="folder of the data")
    parser.add_argument("--caiso", action="store_true", help="the battery at SP15 instead")
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"SKIP: {options.data} is not there")
        return 0
    options.out.mkdir(parents=True, exist_ok=True)
    if options.caiso:
        convert_caiso(options.data, options.out)
    else:
        convert_houston(options.data, options.out)
    print(f"wrote {options.out / 'portfolio.yaml'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
