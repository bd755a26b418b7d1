"""Builds nothing, measures everything: runs the comparisons, prints a table, writes results.json and two charts.

    meson test -C build --benchmark bench            everything, about ten minutes
    tests/bench/run.py --thinclients 50000 --rounds 3 --only list,get     a part of it, smaller

Needs ITG, BENCH_CORE and BENCH_HOST (the programs; meson sets them). wrk makes the load; without it the parts over HTTP
say so and are left out, and so do the comparisons with Node and nginx where these are not installed.
"""

import argparse
import base64
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time

USER, PASSWORD = 'bench', 'a long enough password'
CONNECTIONS, SECONDS = 16, 2


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def cpu_of(pid):
    """CPU seconds of all threads of a process."""
    total = 0
    for task in os.listdir(f'/proc/{pid}/task'):
        try:
            with open(f'/proc/{pid}/task/{task}/schedstat') as f:
                total += int(f.read().split()[0])
        except OSError:
            pass
    return total / 1e9


def resident_mb(pid, field='VmRSS'):
    with open(f'/proc/{pid}/status') as f:
        for line in f:
            if line.startswith(field):
                return int(line.split()[1]) / 1024
    return 0


def wait_for(port, pid, limit=20.0):
    """Seconds until the port takes connections."""
    start = time.monotonic()
    while time.monotonic() - start < limit:
        with socket.socket() as s:
            if s.connect_ex(('127.0.0.1', port)) == 0:
                return time.monotonic() - start
        time.sleep(0.0005)
    sys.exit(f'process {pid} does not listen on port {port}')


class Server:
    """A process that listens. Ends by its id."""

    def __init__(self, name, argv, port, secure, path, headers=(), env=None):
        self.name, self.port, self.secure, self.path, self.headers = name, port, secure, path, list(headers)
        started = time.monotonic()
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, env=env)
        wait_for(port, self.process.pid)
        self.start_s = time.monotonic() - started

    @property
    def pid(self):
        return self.process.pid

    def url(self, path=None):
        return f"{'https' if self.secure else 'http'}://127.0.0.1:{self.port}{path or self.path}"

    def request(self, method, path, headers=None):
        if self.secure:
            context = ssl._create_unverified_context()
            connection = http.client.HTTPSConnection('127.0.0.1', self.port, context=context, timeout=120)
        else:
            connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=120)
        connection.connect()
        start = time.monotonic()
        connection.request(method, path, headers={**dict(h.split(': ', 1) for h in self.headers), **(headers or {})})
        answer = connection.getresponse()
        first = answer.read(1)
        first_s = time.monotonic() - start
        size = len(first)
        while True:
            piece = answer.read(1 << 20)
            if not piece:
                break
            size += len(piece)
        total_s = time.monotonic() - start
        connection.close()
        return answer, size, first_s, total_s

    def close(self):
        self.process.stdin.close()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def itg_server(args, db, secure=True):
    port = free_port()
    argv = [args.itg, 'serve', '--db', db, '--listen', f'127.0.0.1:{port}'] + ([] if secure else ['--plain-http'])
    server = Server('itg serve', argv, port, secure, f'/umsapi/v3/thinclients/{args.id}')
    basic = base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()
    answer, *_ = server.request('POST', '/umsapi/v3/login', {'Authorization': f'Basic {basic}'})
    cookie = answer.getheader('Set-Cookie')
    if not cookie:
        server.close()
        sys.exit(f'login answered {answer.status}')
    server.headers = ['Cookie: ' + cookie.split(';')[0]]
    return server


def bench_host(args, mode, secure=True):
    port = free_port()
    argv = [args.host, mode, str(port)] + ([args.raw_db] if mode == 'lookup' else [])
    argv += [args.cert, args.key] if secure else []
    name = 'constant answer' if mode == 'constant' else 'hand-written GET by id'
    return Server(name, argv, port, secure, f'/thinclients/{args.id}')


def fastify(args):
    """None, with a word about it, where Node or its packages are not installed: npm install fastify better-sqlite3, and
    NODE_PATH naming the node_modules."""
    probe = ['node', '-e', "require('fastify');require('better-sqlite3')"]
    if not shutil.which('node') or subprocess.run(probe, capture_output=True).returncode:
        print('not compared with Node: node, fastify or better-sqlite3 is not installed (see NODE_PATH)')
        return None
    port = free_port()
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'fastify.js')
    return Server('fastify + better-sqlite3', ['node', script, str(port), args.raw_db, args.cert, args.key], port, True,
                  f'/thinclients/{args.id}')


def wrk(server, seconds=SECONDS):
    """Requests a second and CPU microseconds of the server for each."""
    argv = ['wrk', '-t2', f'-c{CONNECTIONS}', f'-d{seconds}s']
    for header in server.headers:
        argv += ['-H', header]
    cpu = cpu_of(server.pid)
    out = subprocess.run(argv + [server.url()], capture_output=True, text=True, check=True).stdout
    cpu = cpu_of(server.pid) - cpu
    if 'Non-2xx' in out:
        sys.exit(f'{server.name} refuses requests: {out}')
    count = int(re.search(r'(\d+) requests in', out).group(1))
    return float(re.search(r'Requests/sec:\s+([\d.]+)', out).group(1)), cpu / count * 1e6


def spread(values):
    return statistics.median(values), min(values), max(values)


def rounds_of(servers, rounds, seconds=SECONDS):
    """The servers in turn, several times, after one round to warm up."""
    figures = {s.name: [] for s in servers}
    for round_ in range(rounds + 1):
        for server in servers:
            figure = wrk(server, 1 if round_ == 0 else seconds)
            if round_:
                figures[server.name].append(figure)
    return figures


def side(name, figures, server):
    return {'name': name, 'per_second': statistics.median(f[0] for f in figures),
            'cpu_us': statistics.median(f[1] for f in figures), 'rss_mb': resident_mb(server.pid)}


def compared(name, unit, ours, base, figures, goal, target):
    ratios = [a[0] / b[0] for a, b in zip(figures[ours.name], figures[base.name])]
    ratio, low, high = spread(ratios)
    return {'name': name, 'unit': unit, 'ours': side(ours.name, figures[ours.name], ours),
            'base': side(base.name, figures[base.name], base), 'ratio': ratio, 'low': low, 'high': high, 'goal': goal,
            'target': target}


def bench_get(args, results):
    """One thin client by id over HTTPS with a session, against the constant answer and the hand-written lookup."""
    servers = [itg_server(args, args.fleet_db), bench_host(args, 'constant'), bench_host(args, 'lookup'), fastify(args)]
    servers = [s for s in servers if s]
    try:
        figures = rounds_of(servers, args.rounds)
        ours, constant, lookup = servers[:3]
        results.append(compared('get/constant', 'requests', ours, constant, figures, 'at least', 0.65))
        results.append(compared('get/hand-written', 'requests', ours, lookup, figures, 'at least', 1.0))
        if len(servers) > 3:
            results.append(compared('get/fastify', 'requests', ours, servers[3], figures, 'at least', 3.0))
        results.append(cpu_of_get(args, results, [f[1] for f in figures[ours.name]],
                                  [f[1] for f in figures[constant.name]]))
    finally:
        for server in servers:
            server.close()


def cpu_of_get(args, results, ours, constant):
    """CPU of one GET against that of the constant answer and of one indexed lookup in SQLite together."""
    looked_up = [r for r in results if r['name'] == 'lookup']
    lookup_us = looked_up[0]['each_us'] if looked_up else raw_lookup_us(args)
    ratio, low, high = spread([a / (b + lookup_us) for a, b in zip(ours, constant)])
    return {'name': 'get: CPU', 'unit': 'of both', 'value': ratio, 'low': low, 'high': high, 'goal': 'at most',
            'target': 1.5}


def raw_lookup_us(args):
    out = subprocess.run([args.core, args.json, args.dir, '3', 'lookup'], capture_output=True, text=True, check=True)
    return json.loads(out.stdout)['each_us']


def bench_start(args, results):
    """From exec to the open port, and what it takes in memory while nothing is asked of it."""
    starts, idle = [], []
    for _ in range(args.rounds):
        port = free_port()
        server = Server('itg serve', [args.itg, 'serve', '--db', args.fleet_db, '--listen', f'127.0.0.1:{port}'], port,
                        True, '/')
        starts.append(server.start_s * 1000)
        time.sleep(0.3)
        idle.append(resident_mb(server.pid))
        server.close()
    for name, unit, values, target in (('start', 'ms', starts, 30), ('idle memory', 'MiB', idle, 10)):
        median, low, high = spread(values)
        results.append({'name': name, 'unit': unit, 'value': median, 'low': low, 'high': high, 'goal': 'at most',
                        'target': target})


def bench_stream(args, results):
    """Eight clients that stream the whole list at once: memory, and the first byte of one."""
    server = itg_server(args, args.fleet_db)
    try:
        _, size, first_s, total_s = server.request('GET', '/umsapi/v3/thinclients')
        firsts = [server.request('GET', '/umsapi/v3/thinclients')[2] * 1000 for _ in range(args.rounds)]
        curls = [subprocess.Popen(['curl', '-sk', '-H', server.headers[0], '-o', '/dev/null',
                                   server.url('/umsapi/v3/thinclients')]) for _ in range(8)]
        peak = 0
        while any(c.poll() is None for c in curls):
            peak = max(peak, resident_mb(server.pid))
            time.sleep(0.02)
        median, low, high = spread(firsts)
        results.append({'name': 'list: first byte', 'unit': 'ms', 'value': median, 'low': low, 'high': high,
                        'goal': 'at most', 'target': 5})
        results.append({'name': 'list: memory, 8 clients', 'unit': 'MiB', 'value': max(peak, resident_mb(server.pid)),
                        'low': peak, 'high': resident_mb(server.pid, 'VmHWM'), 'goal': 'at most', 'target': 64})
        results.append({'name': 'list over HTTPS', 'unit': 'MB/s', 'value': size / total_s / 1e6, 'low': first_s,
                        'high': total_s, 'goal': '', 'target': 0})
    finally:
        server.close()


def bench_login(args, results):
    """Other requests while somebody tries passwords without end."""
    server = itg_server(args, args.fleet_db)
    try:
        calm = statistics.median(wrk(server)[0] for _ in range(args.rounds))
        wrong = base64.b64encode(b'bench:not the password').decode()
        script = tempfile.NamedTemporaryFile('w', suffix='.lua', delete=False)
        script.write(f'wrk.method="POST"\nwrk.path="/umsapi/v3/login"\nwrk.headers["Authorization"]="Basic {wrong}"\n')
        script.close()
        figures = []
        for _ in range(args.rounds):
            flood = subprocess.Popen(['wrk', '-t1', '-c8', f'-d{SECONDS + 2}s', '-s', script.name, server.url()],
                                     stdout=subprocess.DEVNULL)
            time.sleep(0.5)
            figures.append(wrk(server)[0] / calm)
            flood.wait()
        os.unlink(script.name)
        ratio, low, high = spread(figures)
        results.append({'name': 'GETs under a flood of logins', 'unit': 'of calm', 'value': ratio, 'low': low,
                        'high': high, 'goal': 'at least', 'target': 0.25})
    finally:
        server.close()


def bench_growth(args, results, growth):
    """The same at sizes from 1,000 to 1,000,000: single requests stay flat, lists and imports linear."""
    for count in args.sizes:
        path = os.path.join(args.dir, 'growth.json')
        db = os.path.join(args.dir, 'growth.db')
        remove_db(db)
        with open(path, 'wb') as out:
            subprocess.run([args.itg, 'demo', '--thinclients', str(count)], stdout=out, check=True)
        start = time.monotonic()
        subprocess.run([args.itg, 'import', '--db', db, path], check=True, stdout=subprocess.DEVNULL)
        import_s = time.monotonic() - start
        os.unlink(path)
        add_user(args, db)
        args.id = some_id(args, db)
        server = itg_server(args, db)
        try:
            wrk(server, 1)
            rates = [wrk(server) for _ in range(max(2, args.rounds - 2))]
            lists = [server.request('GET', '/umsapi/v3/thinclients')[3] for _ in range(3)]
            growth.append({'thinclients': count, 'get_per_second': statistics.median(r[0] for r in rates),
                           'get_cpu_us': statistics.median(r[1] for r in rates),
                           'list_us_each': statistics.median(lists) / count * 1e6,
                           'import_us_each': import_s / count * 1e6, 'rss_mb': resident_mb(server.pid)})
        finally:
            server.close()
        remove_db(db)
        print('growth', json.dumps(growth[-1]), flush=True)
    costs = [g['get_cpu_us'] for g in growth]
    results.append({'name': 'growth: CPU of one GET, largest/smallest', 'unit': 'times', 'value': max(costs) / min(costs),
                    'low': min(costs), 'high': max(costs), 'goal': 'at most', 'target': 1.5})


def remove_db(db):
    for end in ('', '-wal', '-shm'):
        if os.path.exists(db + end):
            os.unlink(db + end)


def add_user(args, db):
    subprocess.run([args.itg, 'user', 'add', '--db', db, USER, '--role', 'administrator', '--password-stdin'],
                   input=PASSWORD + '\n', text=True, check=True, stdout=subprocess.DEVNULL)


def run_core(args, results):
    names = [n for n in args.only if n in CORE] if args.only else []
    if args.only and not names:
        names = ['none']
    argv = [args.core, args.json, args.dir, str(args.rounds)] + names
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            results.append(json.loads(line))
            print(row(results[-1]), flush=True)
    if process.returncode:
        sys.exit('bench-core failed')


CORE = ['lookup', 'import', 'list', 'details', 'export', 'effective', 'effective-all', 'command', 'create', 'update']
HTTP = {'get': bench_get, 'start': bench_start, 'stream': bench_stream, 'login': bench_login}


def value_of(r):
    for key in ('ratio', 'value'):
        if key in r:
            return r[key]
    return r['each_us']


def met(r):
    if not r['goal']:
        return ''
    value = value_of(r)
    return 'met' if (value >= r['target'] if r['goal'].startswith('at least') else value <= r['target']) else 'NOT MET'


def row(r):
    ours = r.get('ours', {})
    base = r.get('base', {})
    unit = 'ratio' if 'ratio' in r else r['unit'] if 'value' in r else 'us each'
    absolute = f"{ours['per_second']:>12,.0f}/s {ours['cpu_us']:>8.2f} us CPU" if ours else ' ' * 28
    against = f"against {base['name']} {base['per_second']:,.0f}/s {base['cpu_us']:.2f} us" if base else ''
    return (f"{r['name']:<42} {value_of(r):>9.2f} {unit:<8} [{r['low']:.2f}..{r['high']:.2f}] {r['goal']:>8} "
            f"{r['target']:<8g} {met(r):<8}{absolute}  {against}")


def svg_bars(path, results):
    """Each figure as a part of its target: a bar that reaches the line has met it."""
    rows = [r for r in results if r['goal']]
    height = 24 * len(rows) + 50
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="760" height="{height}" font-family="sans-serif" '
             f'font-size="12"><rect width="760" height="{height}" fill="white"/>',
             '<text x="10" y="20">reached, as a part of the target (line: target)</text>']
    for i, r in enumerate(rows):
        part = value_of(r) / r['target'] if r['goal'].startswith('at least') else r['target'] / max(value_of(r), 1e-9)
        y = 34 + 24 * i
        colour = '#2a7' if part >= 1 else '#c52'
        lines.append(f'<text x="10" y="{y + 13}">{r["name"]}</text><rect x="300" y="{y}" height="17" '
                     f'width="{min(part, 2) * 200:.0f}" fill="{colour}"/><text x="{306 + min(part, 2) * 200:.0f}" '
                     f'y="{y + 13}">{value_of(r):.2f}</text>')
    lines.append(f'<line x1="500" y1="28" x2="500" y2="{height - 10}" stroke="black"/></svg>')
    with open(path, 'w') as out:
        out.write('\n'.join(lines))


def svg_growth(path, growth):
    """Three curves over the size of the fleet: all of them are flat if nothing grows faster than the fleet."""
    if len(growth) < 2:
        return
    curves = [('get_cpu_us', 'CPU of one GET, us', '#26c'), ('list_us_each', 'list, us a thin client', '#2a7'),
              ('import_us_each', 'import, us a thin client', '#c52')]
    top = max(g[key] for g in growth for key, *_ in curves) * 1.1
    step = 560 / (len(growth) - 1)
    lines = ['<svg xmlns="http://www.w3.org/2000/svg" width="760" height="360" font-family="sans-serif" font-size="12">'
             '<rect width="760" height="360" fill="white"/><line x1="60" y1="300" x2="640" y2="300" stroke="black"/>'
             '<line x1="60" y1="20" x2="60" y2="300" stroke="black"/>']
    for i, g in enumerate(growth):
        lines.append(f'<text x="{60 + i * step - 20:.0f}" y="318">{g["thinclients"]:,}</text>')
    for n, (key, name, colour) in enumerate(curves):
        points = [(60 + i * step, 300 - g[key] / top * 270) for i, g in enumerate(growth)]
        lines.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="'
                     + ' '.join(f'{x:.0f},{y:.0f}' for x, y in points) + '"/>')
        for (x, y), g in zip(points, growth):
            lines.append(f'<text x="{x - 10:.0f}" y="{y - 6:.0f}" fill="{colour}">{g[key]:.1f}</text>')
        lines.append(f'<text x="{70 + 200 * n}" y="345" fill="{colour}">{name}</text>')
    with open(path, 'w') as out:
        out.write('\n'.join(lines) + '</svg>')


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument('--thinclients', type=int, default=300000)
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--only', default='', help='comma separated: ' + ' '.join(CORE + list(HTTP) + ['growth']))
    parser.add_argument('--sizes', default='1000,10000,100000,300000,1000000')
    parser.add_argument('--out', default='bench-results')
    args = parser.parse_args()
    args.only = [n for n in args.only.split(',') if n]
    args.sizes = [int(n) for n in args.sizes.split(',')]
    args.itg, args.core, args.host = (os.environ.get(n, '') for n in ('ITG', 'BENCH_CORE', 'BENCH_HOST'))
    if not args.itg or not args.core:
        parser.error('ITG and BENCH_CORE must name the programs')
    return args


def prepare(args):
    args.json = os.path.join(args.dir, 'fleet.json')
    args.fleet_db, args.raw_db = os.path.join(args.dir, 'fleet.db'), os.path.join(args.dir, 'raw.db')
    with open(args.json, 'wb') as out:
        subprocess.run([args.itg, 'demo', '--thinclients', str(args.thinclients)], stdout=out, check=True)


def some_id(args, db):
    out = subprocess.run([args.itg, 'request', '--db', db, 'GET', '/thinclients'], capture_output=True, text=True,
                         check=True).stdout
    ids = re.findall(r'"id":"(\d+)"', out)
    return ids[len(ids) // 2]


def prepare_http(args):
    add_user(args, args.fleet_db)
    args.id = some_id(args, args.fleet_db)
    args.cert, args.key = os.path.join(args.dir, 'cert.pem'), os.path.join(args.dir, 'key.pem')
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days',
                    '2', '-subj', '/CN=localhost', '-keyout', args.key, '-out', args.cert], check=True,
                   capture_output=True)


def main():
    args = parse()
    results, growth = [], []
    os.makedirs(args.out, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix='itg-bench-') as args.dir:
        prepare(args)
        run_core(args, results)
        http_parts = [n for n in HTTP if not args.only or n in args.only]
        wants_growth = not args.only or 'growth' in args.only
        if (http_parts or wants_growth) and not (shutil.which('wrk') and args.host):
            print('wrk or libitg-http is missing: nothing is measured over HTTP')
        elif http_parts or wants_growth:
            prepare_http(args)
            for name in http_parts:
                before = len(results)
                HTTP[name](args, results)
                for r in results[before:]:
                    print(row(r), flush=True)
            if wants_growth:
                bench_growth(args, results, growth)
                print(row(results[-1]), flush=True)
    print('\n' + '\n'.join(row(r) for r in results))
    with open(os.path.join(args.out, 'results.json'), 'w') as out:
        json.dump({'thinclients': args.thinclients, 'rounds': args.rounds, 'results': results, 'growth': growth}, out,
                  indent=1)
    svg_bars(os.path.join(args.out, 'results.svg'), results)
    svg_growth(os.path.join(args.out, 'growth.svg'), growth)


main()
