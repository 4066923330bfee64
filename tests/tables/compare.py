#!/usr/bin/env python3
"""Compares the decoder tables in signatures/tables with the public packages that ship the same lists.

usage: compare.py [--slow] [TABLE]...

Prints one line per table: `TABLE: N rows compared, D differences (SOURCE)`; a difference is named on its own line.
A package that is not installed gives `TABLE: skipped: package X not installed (apt-get install X)`.
Exit: 0 all agree or were skipped, 1 a difference, 2 the tables could not be read. Standard library only.
--slow also reads the kernel's own list of SCSI sense codes out of the linux-source tarball.
"""
import ctypes
import glob
import gzip
import os
import re
import sys
import tarfile

TABLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'signatures', 'tables')
ANY = object()
differences = 0


class Missing(Exception):
    def __init__(self, package, install=None):
        self.package, self.install = package, install or 'apt-get install ' + package


# ---- a reader of our one-row-per-line tables -------------------------------------------------------

def cells(text):
    """`a: 1, b: "x, y", c: d` -> {a: '1', b: 'x, y', c: 'd'}; quoted cells keep their commas."""
    out, at = {}, 0
    cell = re.compile(r'\s*([a-z_][a-z0-9_]*):\s+(?:"((?:[^"\\]|\\.)*)"|([^,]*?))\s*(?:,|$)')
    while at < len(text):
        found = cell.match(text, at)
        if not found:
            raise ValueError('cannot read: ' + text[at:at + 60])
        name, quoted, plain = found.groups()
        out[name] = re.sub(r'\\(.)', r'\1', quoted) if quoted is not None else plain
        at = found.end()
    return out


def rows(table):
    path = os.path.join(TABLES, table + '.yaml')
    found = []
    with open(path, encoding='utf8') as lines:
        begun = False
        for line in lines:
            begun = begun or line.startswith('rows:')
            if not begun:
                continue
            row = re.match(r'\s*- \{ (.*) \}\s*(?:#.*)?$', line)
            if row:
                found.append(cells(row.group(1)))
    if not found:
        raise ValueError(path + ': no rows')
    return found


def fits(cell, value):
    """a key cell holds a value, a range such as `>=0x80, <=0xff`, value/mask, or any"""
    if cell == 'any':
        return True
    if '/' in cell:
        wanted, mask = (int(part, 16) for part in cell.split('/'))
        return value & mask == wanted
    for part in cell.split(','):
        op, number = re.match(r'\s*(>=|<=|>|<|)\s*(0x[0-9a-f]+|\d+)$', part).groups()
        number = int(number, 0)
        if not {'>=': value >= number, '<=': value <= number, '>': value > number, '<': value < number, '': value == number}[op]:
            return False
    return True


def lookup(table, **keys):
    for row in table:
        if all(row[name] == 'any' or (row[name] == value if isinstance(value, str) else fits(row[name], value)) for name, value in keys.items()):
            return row
    return None


def report(table, compared, wrong, source):
    global differences
    print(f'{table}: {compared} rows compared, {len(wrong)} differences ({source})')
    for line in wrong[:20]:
        print(f'  {table}: {line}')
    differences += len(wrong)


def read(path):
    with (gzip.open(path, 'rt', encoding='utf8') if path.endswith('.gz') else open(path, encoding='utf8', errors='replace')) as file:
        return file.read()


def first(package, *patterns, install=None):
    for pattern in patterns:
        found = sorted(glob.glob(pattern))
        if found:
            return found[-1]
    raise Missing(package, install)


def kernel_header(name):
    return read(first('linux-headers-*-common', '/usr/src/linux-headers-*-common/' + name,
                      install="apt-get install a package that `apt-cache search '^linux-headers-.*-common$'` names"))


def kernel_doc(name):
    return read(first('linux-doc-6.1', '/usr/share/doc/linux-doc*/Documentation/' + name + '.gz', '/usr/share/doc/linux-doc*/Documentation/' + name))


# ---- SCSI, against libsgutils2 ------------------------------------------------------------------------

def sgutils():
    path = first('libsgutils2-1.46-2', '/usr/lib/*/libsgutils2*.so.2')
    library = ctypes.CDLL(path)

    def ask(function, *arguments):
        buffer = ctypes.create_string_buffer(400)
        getattr(library, function)(*arguments, 400, buffer)
        return buffer.value.decode()
    return ask


def plain(text):
    return re.sub(r'\(obs(olete)?\)', '(obsolete)', text).strip().lower()


def same(here, there):
    """what stands behind a semicolon in a range row is our own remark"""
    return plain(there) in (plain(here), plain(here.split(';')[0]))


def scsi_device_status(table='scsi-device-status'):
    ask, wrong = sgutils(), []
    known = {}
    for code in range(0, 256, 2):
        text = ask('sg_get_scsi_status_str', code)
        if code < 0x80 and not text.startswith('Unknown'):
            known[code] = text
    mine = {int(row['code'], 0): row for row in rows(table)}
    for code, text in known.items():
        if code not in mine:
            wrong.append(f'{code:#x} {text} is missing')
        elif re.sub(r'[^a-z]', '', plain(text).replace('(obsolete)', '')) != re.sub(r'[^a-z]', '', mine[code]['name'].lower()):
            wrong.append(f'{code:#x}: {mine[code]["name"]} here, {text} there')
    wrong += [f'{code:#x} is not in the package' for code in mine if code not in known]
    report(table, len(mine), wrong, 'libsgutils2')


def scsi_device_status_decimal():
    scsi_device_status('scsi-device-status-decimal')


def scsi_sense_key():
    ask = sgutils()
    mine = rows('scsi-sense-key')
    wrong = [f'{row["key"]}: {row["name"]}' for row in mine if plain(row['name']) != plain(ask('sg_get_sense_key_str', int(row['key'], 0)))]
    if len(mine) != 16:
        wrong.append(f'{len(mine)} rows, not 16')
    report('scsi-sense-key', len(mine), wrong, 'libsgutils2')


def scsi_sense():
    ask, mine, wrong = sgutils(), rows('scsi-sense'), []
    ranges = re.compile(r'( short algorithm id of 0x[0-9a-f]+| \[0x[0-9a-f]+\])$')
    general = [row for row in mine if row['key'] == 'any']
    pairs = 0
    for asc in range(256):
        of_asc = [row for row in general if fits(row['asc'], asc)]
        for ascq in range(256):
            text = re.sub(r'^Additional sense: ', '', ask('sg_get_asc_ascq_str', asc, ascq))
            row = lookup(of_asc, ascq=ascq)
            vendor = text.startswith('vendor specific ASC') or 'vendor specific qualification' in text
            if text.startswith('ASC=') and not vendor:
                if row is not None and row['class'] != 'vendor':
                    wrong.append(f'{asc:#x}/{ascq:#x} is not in the package: {row["meaning"]}')
                continue
            if vendor:
                if row is None or row['class'] != 'vendor':
                    wrong.append(f'{asc:#x}/{ascq:#x}: vendor specific there')
                continue
            pairs += 1
            if row is None or not same(row['meaning'], ranges.sub('', text)):
                wrong.append(f'{asc:#x}/{ascq:#x}: {row["meaning"] if row else "missing"} here, {text} there')
    for row in mine:
        if row['key'] != 'any':
            text = re.sub(r'^Additional sense: ', '', ask('sg_get_asc_ascq_str', int(row['asc'], 0), int(row['ascq'], 0)))
            if plain(row['meaning']) != plain(text):
                wrong.append(f'{row["key"]} {row["asc"]} {row["ascq"]}: {row["meaning"]} here, {text} there')
            shadowed = next(r for r in mine if r['key'] in (row['key'], 'any') and fits(r['asc'], int(row['asc'], 0)) and fits(r['ascq'], int(row['ascq'], 0)))
            if shadowed is not row:
                wrong.append(f'{row["key"]} {row["asc"]} {row["ascq"]}: a row above it always wins')
    report('scsi-sense', len(mine), wrong, f'libsgutils2, {pairs} pairs')


def scsi_opcode():
    ask, mine, wrong = sgutils(), rows('scsi-opcode'), []
    types = {'name': 0, 'tape': 1, 'optical': 5, 'changer': 8}
    for opcode in range(256):
        row = lookup(mine, opcode=opcode)
        text = ask('sg_get_opcode_name', opcode, 0)
        if text.startswith('Opcode='):
            if row:
                wrong.append(f'{opcode:#x} is not in the package: {row["name"]}')
        elif text.startswith(('Reserved', 'Vendor')):
            if not row or not row['name'].lower().startswith(('reserved', 'vendor', 'vmware')):
                wrong.append(f'{opcode:#x}: {text} there')
        else:
            for column, kind in types.items():
                there = ask('sg_get_opcode_name', opcode, kind)
                here = (row or {}).get(column) or (row or {}).get('name')
                if here != there and not there.startswith('Opcode='):
                    wrong.append(f'{opcode:#x} {column}: {here} here, {there} there')
    report('scsi-opcode', len(mine), wrong, 'libsgutils2')


def scsi_service_action():
    path = first('libsgutils2-1.46-2', '/usr/lib/*/libsgutils2*.so.2')
    library = ctypes.CDLL(path)
    mine, wrong = rows('scsi-service-action'), []
    for row in mine:
        buffer = ctypes.create_string_buffer(400)
        library.sg_get_opcode_sa_name(int(row['opcode'], 0), int(row['action'], 0), 0, 400, buffer)
        if buffer.value.decode() != row['name']:
            wrong.append(f'{row["opcode"]} {row["action"]}: {row["name"]} here, {buffer.value.decode()} there')
    report('scsi-service-action', len(mine), wrong, 'libsgutils2')


def scsi_sense_kernel():
    if '--slow' not in sys.argv:
        print('scsi-sense: skipped: the kernel list is read only with --slow')
        return
    path = first('linux-source-6.1', '/usr/src/linux-source-*.tar.xz')
    with tarfile.open(path) as archive:
        for member in archive:
            if member.name.endswith('drivers/scsi/sense_codes.h'):
                text = archive.extractfile(member).read().decode()
                break
    general = [row for row in rows('scsi-sense') if row['key'] == 'any']
    wrong, count = [], 0
    for code, name in re.findall(r'SENSE_CODE\(0x([0-9A-F]{4}), "(.*)"\)', text):
        count += 1
        row = lookup(general, asc=int(code[:2], 16), ascq=int(code[2:], 16))
        if row is None or name != 'Obsolete' and not same(row['meaning'], name):
            wrong.append(f'{code}: {row and row["meaning"]} here, {name} there')
    report('scsi-sense', count, wrong, os.path.basename(path))


def scsi_host_status():
    names = ['OK', 'NO_CONNECT', 'BUS_BUSY', 'TIMEOUT', 'BAD_TARGET', 'ABORT', 'PARITY', 'ERROR', 'RESET', 'BAD_INTR', 'PASSTHROUGH', 'SOFT_ERROR', 'RETRY']
    text = kernel_header('include/scsi/scsi_status.h')
    kernel = {int(code, 0): name for name, code in re.findall(r'DID_(\w+)\s*=\s*(0x[0-9a-f]+)', text)}
    same = {'TIME_OUT': 'TIMEOUT', 'IMM_RETRY': 'RETRY'}
    wrong = []
    mine = rows('scsi-host-status')
    for row in mine:
        code = int(row['code'], 0)
        there = same.get(kernel.get(code, ''), kernel.get(code))
        if row['name'] != there or names[code] != row['name']:
            wrong.append(f'{row["code"]}: {row["name"]} here, {there} there')
    report('scsi-host-status', len(mine), wrong, 'DID_ names of linux-headers')


def linux_scsi_host_byte():
    text = kernel_header('include/scsi/scsi_status.h')
    there = {int(code, 0): name for name, code in re.findall(r'(DID_\w+)\s*=\s*(0x[0-9a-f]+)', text)}
    mine = {int(row['code'], 0): row['name'] for row in rows('linux-scsi-host-byte')}
    wrong = [f'{code:#x}: {mine.get(code)} here, {there.get(code)} there' for code in sorted(set(mine) | set(there)) if mine.get(code) != there.get(code)]
    report('linux-scsi-host-byte', len(mine), wrong, 'linux-headers')


# ---- errno and signals -----------------------------------------------------------------------------------

def errno_linux():
    text = ''.join(read(first('linux-libc-dev', '/usr/include/asm-generic/' + name)) for name in ('errno-base.h', 'errno.h'))
    there = {int(code): name for name, code in re.findall(r'#define\s+(E\w+)\s+(\d+)', text)}
    mine = {int(row['code']): row['name'] for row in rows('errno-linux')}
    wrong = [f'{code}: {mine.get(code)} here, {there.get(code)} there' for code in sorted(set(mine) | set(there)) if mine.get(code) != there.get(code)]
    report('errno-linux', len(mine), wrong, 'linux-libc-dev')


def errno_bsd():
    home = os.environ.get('CARGO_HOME', os.path.expanduser('~/.cargo'))
    try:
        path = first('libc', home + '/registry/src/*/libc-0.2.*/src/unix/bsd/freebsdlike')
    except Missing:
        raise Missing('libc (a crate)', 'cargo fetch')
    text = ''.join(read(name) for name in (path + '/mod.rs', path + '/freebsd/mod.rs') if os.path.exists(name))
    there = {}
    for name, code in re.findall(r'pub const (E[A-Z0-9]+): c_int = (\d+);', text):
        there.setdefault(int(code), set()).add(name)
    mine = {int(row['code']): row['name'] for row in rows('errno-bsd')}
    wrong = [f'{code}: {mine.get(code)} here, {there.get(code)} there' for code in sorted(set(mine) | set(there)) if mine.get(code) not in there.get(code, ())]
    report('errno-bsd', len(mine), wrong, 'crate ' + re.search(r'libc-[0-9.]+', path).group())


def linux_signals():
    text = read(first('linux-libc-dev', '/usr/include/asm-generic/signal.h'))
    there = {}
    for name, code in re.findall(r'#define\s+(SIG[A-Z0-9]+)\s+(\d+)\b', text):
        there.setdefault(int(code), set()).add(name)
    mine = [row for row in rows('linux-signals') if row['signal'].isdigit()]
    wrong = [f'{row["signal"]}: {row["name"]} here, {there.get(int(row["signal"]))} there' for row in mine
             if row['name'] not in there.get(int(row['signal']), ()) or int(row['exit']) != 128 + int(row['signal'])]
    codes = {int(row['code']): row for row in rows('exit-codes')}
    wrong += [f'exit code {128 + int(row["signal"])} does not name {row["name"]}' for row in mine if codes.get(128 + int(row['signal']), {}).get('signal') != row['name']]
    report('linux-signals', len(mine), wrong, 'linux-libc-dev')


# ---- processor ------------------------------------------------------------------------------------------------

def x86_exceptions():
    text = kernel_header('arch/x86/include/asm/trapnr.h')
    there = {int(code): name for name, code in re.findall(r'#define X86_TRAP_(\w+)\s+(\d+)', text)}
    mine = rows('x86-exceptions')
    wrong = [f'{code}: {(lookup(mine, vector=code) or {}).get("mnemonic")} here, {name} there' for code, name in there.items()
             if (lookup(mine, vector=code) or {}).get('mnemonic') != name]
    report('x86-exceptions', len(mine), wrong, 'linux-headers')


def mce_status_bit():
    text = kernel_header('arch/x86/include/asm/mce.h')
    there = {name: int(bit) for name, bit in re.findall(r'#define MCI_STATUS_(\w+)\s+BIT_ULL\((\d+)\)', text)}
    mine = rows('mce-status-bit')
    bits = {row['name']: int(row['bit']) for row in mine}
    wrong = [f'{name}: bit {bits.get(name)} here, {bit} there' for name, bit in there.items() if bits.get(name) != bit and name in bits or name not in bits and name not in ('PADDRV',)]
    report('mce-status-bit', len(mine), wrong, 'linux-headers')


def mce_field():
    """the test vectors of the catalogue, through the tables mce-error-class and mce-field"""
    classes, fields = rows('mce-error-class'), rows('mce-field')

    def decode(code, vendor='intel'):
        kind = lookup(classes, vendor=vendor, code=code)['class']
        name = lambda field, value: lookup(fields, field=field, value=value)['name']
        if kind == 'cache':
            return kind, name('RRRR', code >> 4 & 15), name('TT', code >> 2 & 3), name('LL', code & 3)
        if kind == 'memory':
            return kind, name('MMM', code >> 4 & 7), name('CCCC', code & 15)
        if kind == 'bus':
            return kind, name('PP', code >> 9 & 3), name('T', code >> 8 & 1), name('RRRR', code >> 4 & 15), name('II', code >> 2 & 3), name('LL', code & 3)
        return (kind,)
    vectors = [(0x0134, 'intel', ('cache', 'DRD', 'D', 'L0')), (0x0091, 'intel', ('memory', 'RD', 'CH1')), (0x0e0b, 'intel', ('io',)),
               (0x0e0b, 'amd', ('bus', 'GEN', 'NOTIMEOUT', 'ERR', 'IO', 'LG')), (0x1166, 'intel', ('cache', 'PREFETCH', 'D', 'L2')),
               (0x0400, 'intel', ('internal-timer',)), (0x0405, 'intel', ('internal',)), (0x0014, 'amd', ('tlb',)), (0x0863, 'amd', ('bus', 'SRC', 'NOTIMEOUT', 'PREFETCH', 'M', 'LG'))]
    wrong = [f'{code:#06x} {vendor}: {decode(code, vendor)}, expected {expected}' for code, vendor, expected in vectors if decode(code, vendor) != expected]
    report('mce-field', len(fields) + len(classes), wrong, f'{len(vectors)} test vectors')


def mce_severity():
    mine = rows('mce-severity')

    def of(status, vendor):
        bit = lambda n: status >> n & 1
        return lookup(mine, vendor=vendor, val=bit(63), uc=bit(61), en=bit(60), pcc=bit(57), s=bit(56), ar=bit(55))['class']
    vectors = [(0xfe20004000011166, 'intel', 'fatal'), (0xba00000000000e0b, 'intel', 'fatal'), (0x8c00004000010091, 'intel', 'corrected'), (0, 'amd', 'invalid'), (0xbd80000000100134, 'intel', 'srar'), (0xbd000000000000c0, 'intel', 'srao'), (0xbc00000000000091, 'intel', 'ucna')]
    wrong = [f'{status:#x}: {of(status, vendor)}, expected {expected}' for status, vendor, expected in vectors if of(status, vendor) != expected]
    report('mce-severity', len(mine), wrong, f'{len(vectors)} test vectors')


def linux_oops_code():
    text = kernel_header('arch/x86/include/asm/trap_pf.h')
    there = {name: int(bit) for name, bit in re.findall(r'X86_PF_(\w+)\s*=\s*(?:1 <<|BIT\()\s*(\d+)', text)}
    mine = {row['name']: int(row['bit']) for row in rows('linux-oops-code')}
    wrong = [f'{name}: bit {mine.get(name)} here, {bit} there' for name, bit in there.items() if mine.get(name) != bit]
    codes = rows('x86-page-fault-code')
    for row in codes:
        code = int(row['code'], 0)
        access = 'execute' if code >> mine['INSTR'] & 1 else 'write' if code >> mine['WRITE'] & 1 else 'read'
        if row['access'] != access or row['mode'] != ('user' if code >> mine['USER'] & 1 else 'kernel'):
            wrong.append(f'{row["code"]}: {row["meaning"]}')
    report('linux-oops-code', len(mine) + len(codes), wrong, 'linux-headers')


def kernel_taint():
    text = kernel_doc('admin-guide/tainted-kernels.rst')
    there = {}
    for bit, blank, letter, number in re.findall(r'^\s+(\d+)\s+([G_])/([A-Z])\s+(\d+) ', text, re.M):
        there[letter] = (int(bit), int(number))
    mine = {row['letter']: (int(row['bit']), int(row['number'])) for row in rows('kernel-taint') if row['letter'] != 'G'}
    wrong = [f'{letter}: {mine.get(letter)} here, {there.get(letter)} there' for letter in sorted(set(mine) | set(there)) if mine.get(letter) != there.get(letter)]
    report('kernel-taint', len(mine), wrong, 'linux-doc-6.1')


# ---- NFS, RPC, MAC, sysctl ---------------------------------------------------------------------------------------

def nfs_status():
    old = {int(code): (name, versions) for name, code, versions in re.findall(r'NFSERR_(\w+) = (\d+),\s*/\*([v0-9 ]*)\*/', read(first('linux-libc-dev', '/usr/include/linux/nfs.h')))}
    mine = {int(row['code']): row for row in rows('nfs-status')}
    wrong = []
    for code, (name, versions) in old.items():
        row = mine.get(code)
        if row is None:
            wrong.append(f'{code} {name} is missing')
            continue
        names = {(row.get(column) or '').split('ERR_')[-1] for column in ('v2', 'v3', 'v4')}
        if name not in names and not (code == 10036 and 'BADXDR' in names):
            wrong.append(f'{code}: {names} here, {name} there')
        if 'v3' in versions and code not in (45,) and not row.get('v3'):
            wrong.append(f'{code} {name}: no name for version 3')
    text = kernel_header('include/linux/nfs4.h')
    there = {int(code): name for name, code in re.findall(r'NFS4ERR_(\w+)\s*=\s*(\d+),', text)}
    for code, name in there.items():
        if (mine.get(code) or {}).get('v4') != 'NFS4ERR_' + name:
            wrong.append(f'{code}: {(mine.get(code) or {}).get("v4")} here, NFS4ERR_{name} there')
    wrong += [f'{code}: {row["v4"]} is not in the kernel header' for code, row in mine.items() if row.get('v4') and code not in there]
    report('nfs-status', len(mine), wrong, 'linux-libc-dev, linux-headers')


def rpc_status():
    client = read(first('libtirpc-dev', '/usr/include/tirpc/rpc/clnt_stat.h'))
    there = {('client', int(code)): name.replace('RPCBFAILURE', 'PMAPFAILURE') for name, code in re.findall(r'(RPC_\w+)\s*=\s*(\d+)', client)}
    text = read('/usr/include/tirpc/rpc/auth.h')
    there.update({('auth', int(code)): name for name, code in re.findall(r'^\s+((?:AUTH|RPCSEC_GSS)_\w+)\s*=\s*(\d+)', text, re.M)})
    mine = {(row['kind'], int(row['code'])): row['name'] for row in rows('rpc-status')}
    wrong = [f'{key}: {mine.get(key)} here, {name} there' for key, name in there.items() if mine.get(key) != name]
    wrong += [f'{key}: {name} is not in the package' for key, name in mine.items() if key[0] in ('client', 'auth') and key not in there]
    text = kernel_header('include/linux/sunrpc/msg_prot.h')
    accept = dict(re.findall(r'RPC_(\w+) = (\d+)', text[text.index('enum rpc_accept_stat'):text.index('enum rpc_reject_stat')]))
    wrong += [f'accept {code}: {mine.get(("accept", int(code)))} here, {name} there' for name, code in accept.items() if int(code) < 100 and mine.get(('accept', int(code))) != name]
    report('rpc-status', len(mine), wrong, 'libtirpc-dev, linux-headers')


def mac_prefixes():
    text = read(first('ieee-data', '/usr/share/ieee-data/oui.txt'))
    there = {prefix.lower().replace('-', ':'): owner.strip() for prefix, owner in re.findall(r'^([0-9A-F]{2}-[0-9A-F]{2}-[0-9A-F]{2})\s+\(hex\)\s+(.*)$', text, re.M)}
    words = {'Xen': 'Xensource', 'VirtualBox': 'PCS', 'Red Hat': 'Qumranet', 'IANA': 'ICANN'}
    mine, wrong = rows('mac-prefixes'), []
    for row in mine:
        owner = there.get(row['prefix'])
        if (owner is not None) != (row['registered'] == 'yes'):
            wrong.append(f'{row["prefix"]}: registered {row["registered"]} here, {owner} there')
        elif owner and words.get(row['owner'], row['owner']).lower() not in owner.lower():
            wrong.append(f'{row["prefix"]}: {row["owner"]} here, {owner} there')
    report('mac-prefixes', len(mine), wrong, 'ieee-data')


def sysctl_defaults():
    pages = {name: kernel_doc(name) for name in ('admin-guide/sysctl/kernel.rst', 'admin-guide/sysctl/vm.rst', 'networking/ip-sysctl.rst', 'networking/nf_conntrack-sysctl.rst')}
    mine = {row['name']: row for row in rows('sysctl-defaults')}
    proof = [
        ('kernel.watchdog_thresh', 'admin-guide/sysctl/kernel.rst', r'The default threshold\s+is (\d+) seconds'),
        ('vm.swappiness', 'admin-guide/sysctl/vm.rst', r'^swappiness\n=+[\s\S]{0,900}?default value is (\d+)'),
        ('vm.overcommit_memory', 'admin-guide/sysctl/vm.rst', r'^overcommit_memory\n=+[\s\S]{0,900}?default value is (\d+)'),
        ('vm.panic_on_oom', 'admin-guide/sysctl/vm.rst', r'^panic_on_oom\n=+[\s\S]{0,1500}?default value is (\d+)'),
        ('vm.oom_kill_allocating_task', 'admin-guide/sysctl/vm.rst', r'^oom_kill_allocating_task\n=+[\s\S]{0,900}?default value is (\d+)'),
        ('vm.vfs_cache_pressure', 'admin-guide/sysctl/vm.rst', r'default value of vfs_cache_pressure=(\d+)'),
        ('vm.max_map_count', 'admin-guide/sysctl/vm.rst', r'^max_map_count[\s\S]{0,900}?default value is (\d+)'),
        ('net.core.somaxconn', 'networking/ip-sysctl.rst', r'^somaxconn - [\s\S]{0,200}?Defaults to (\d+)'),
        ('net.ipv4.tcp_keepalive_probes', 'networking/ip-sysctl.rst', r'^tcp_keepalive_probes - [\s\S]{0,300}?Default value: (\d+)'),
        ('net.ipv4.tcp_keepalive_intvl', 'networking/ip-sysctl.rst', r'^tcp_keepalive_intvl - [\s\S]{0,400}?Default value: (\d+)sec'),
        ('net.ipv4.tcp_retries2', 'networking/ip-sysctl.rst', r'^tcp_retries2 - [\s\S]{0,600}?default value of (\d+)'),
        ('net.ipv4.tcp_syncookies', 'networking/ip-sysctl.rst', r'^tcp_syncookies - [\s\S]{0,400}?Default: (\d+)'),
        ('net.ipv4.tcp_fin_timeout', 'networking/ip-sysctl.rst', r'^tcp_fin_timeout - [\s\S]{0,900}?Default: (\d+) seconds'),
        ('net.ipv4.tcp_syn_retries', 'networking/ip-sysctl.rst', r'^tcp_syn_retries - [\s\S]{0,300}?Default value\s+is (\d+)'),
        ('net.ipv4.tcp_synack_retries', 'networking/ip-sysctl.rst', r'^tcp_synack_retries - [\s\S]{0,300}?Default value\s+is (\d+)'),
        ('net.ipv4.neigh.default.gc_thresh1', 'networking/ip-sysctl.rst', r'^neigh/default/gc_thresh1 - [\s\S]{0,300}?Default: (\d+)'),
        ('net.ipv4.neigh.default.gc_thresh2', 'networking/ip-sysctl.rst', r'^neigh/default/gc_thresh2 - [\s\S]{0,300}?Default: (\d+)'),
        ('net.ipv4.neigh.default.gc_thresh3', 'networking/ip-sysctl.rst', r'^neigh/default/gc_thresh3 - [\s\S]{0,300}?Default: (\d+)'),
        ('net.netfilter.nf_conntrack_tcp_timeout_established', 'networking/nf_conntrack-sysctl.rst', r'^nf_conntrack_tcp_timeout_established[\s\S]{0,80}?default (\d+)'),
        ('net.netfilter.nf_conntrack_generic_timeout', 'networking/nf_conntrack-sysctl.rst', r'^nf_conntrack_generic_timeout[\s\S]{0,80}?default (\d+)'),
        ('kernel.hung_task_panic', 'admin-guide/sysctl/kernel.rst', r'^hung_task_panic\n=+[\s\S]{0,300}?^(\d) +Continue operation. This is the default'),
        ('kernel.panic_on_oops', 'admin-guide/sysctl/kernel.rst', r'^panic_on_oops\n=+[\s\S]{0,200}?^(\d) +Try to continue operation'),
        ('kernel.panic_on_warn', 'admin-guide/sysctl/kernel.rst', r'^panic_on_warn\n=+[\s\S]{0,300}?^(\d) +Only WARN\(\), default'),
        ('kernel.panic_on_rcu_stall', 'admin-guide/sysctl/kernel.rst', r'^panic_on_rcu_stall\n=+[\s\S]{0,400}?^(\d) +Do not panic\(\) when RCU stall takes place, default'),
    ]
    wrong, compared = [], 0
    for name, page, pattern in proof:
        found = re.search(pattern, pages[page], re.M)
        if not found:
            wrong.append(f'{name}: the page does not say its default any more')
            continue
        compared += 1
        if mine.get(name, {}).get('default') != found.group(1):
            wrong.append(f'{name}: {mine.get(name, {}).get("default")} here, {found.group(1)} there')
    report('sysctl-defaults', compared, wrong, 'linux-doc-6.1')


# ---- our own sense ---------------------------------------------------------------------------------------------------

def vob_events():
    mine, wrong = rows('vob-events'), []
    for row in mine:
        kind = 'vob' if row['id'].startswith('vob.') else row['id'].split('.')[1]
        if row['kind'] != kind:
            wrong.append(f'{row["id"]}: kind {row["kind"]}')
        if row['kind'] == 'clear' and not row.get('pair'):
            wrong.append(f'{row["id"]}: which problem does it close?')
    report('vob-events', len(mine), wrong, 'its own ids')


def vmkernel_status():
    """the numbers run on without a gap, and the places that public logs and articles print"""
    mine = {int(row['code'], 0): row['name'] for row in rows('vmkernel-status')}
    codes = sorted(code for code in mine if code)
    wrong = [f'{code:#x} is missing' for code in range(0xbad0001, codes[-1]) if code not in mine]
    anchors = {0xbad0001: 'VMK_FAILURE', 0xbad0003: 'VMK_NOT_FOUND', 0xbad0014: 'VMK_NO_MEMORY', 0xbad00e0: 'VMK_ABORTED'}
    wrong += [f'{code:#x}: {mine.get(code)} here, {name} in public logs' for code, name in anchors.items() if mine.get(code) != name]
    known = {row['name'] for table in ('errno-linux', 'errno-bsd') for row in rows(table)} | {'OK', 'EAFNOSUPPORT'}
    wrong += [f'{row["code"]}: {row["errno"]} is no errno' for row in rows('vmkernel-status') if row['errno'] not in known]
    report('vmkernel-status', len(mine), wrong, f'its own order, {len(anchors)} public anchors')


CHECKS = [scsi_host_status, scsi_device_status, scsi_device_status_decimal, scsi_sense_key, scsi_sense, scsi_sense_kernel, scsi_opcode, scsi_service_action,
          errno_linux, errno_bsd, linux_signals, x86_exceptions, mce_status_bit, mce_field, mce_severity, linux_oops_code, kernel_taint, nfs_status, rpc_status,
          mac_prefixes, sysctl_defaults, vob_events, vmkernel_status, linux_scsi_host_byte]


def main():
    wanted = [name for name in sys.argv[1:] if not name.startswith('--')]
    for check in CHECKS:
        table = "scsi-sense" if check is scsi_sense_kernel else check.__name__.replace("_", "-")
        if wanted and table not in wanted:
            continue
        try:
            check()
        except Missing as missing:
            print(f'{table}: skipped: package {missing.package} not installed ({missing.install})')
        except (OSError, ValueError) as error:
            print(f'{table}: {error}', file=sys.stderr)
            return 2
    return 1 if differences else 0


sys.exit(main())
