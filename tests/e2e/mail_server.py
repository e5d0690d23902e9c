#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mail servers for tests, on loopback, with certificates of their own: dovecot for
IMAP and aiosmtpd for SMTP, over one Maildir for each user.

  mail_server.py --dir D --user NAME:PASSWORD...

Writes D/ca.pem, D/ports (imap imaps smtp smtps, a JSON object) and D/token (a
bearer token for one more user, `oauth`) and then `ready`
to standard output; ends on SIGTERM, or when its standard input ends. Whoever
may read and write D is trusted.

A mail that is sent to a user here goes to their INBOX. With a file D/crash the
next mail is taken over, then the process whose id the file names is killed, and no
answer is ever given."""
import argparse, asyncio, base64, datetime, hashlib, hmac, json, os, pwd, signal, socket, ssl, subprocess, sys, time

from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def make_certificates(d):
    def name(text):
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    def build(subject, issuer, key, signer, more):
        now = datetime.datetime.utcnow()
        b = x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer)).public_key(key.public_key())
        b = b.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(hours=1)).not_valid_after(now + datetime.timedelta(days=1))
        for extension, critical in more:
            b = b.add_extension(extension, critical)
        return b.sign(signer, hashes.SHA256())

    def put(path, data):
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as f:
            f.write(data)

    pem = serialization.Encoding.PEM
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = build("test authority", "test authority", ca_key, ca_key, [(x509.BasicConstraints(ca=True, path_length=0), True)])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    own = build("localhost", "test authority", key, ca_key, [(names, False), (x509.BasicConstraints(ca=False, path_length=None), True)])
    put(f"{d}/ca.pem", ca.public_bytes(pem))
    put(f"{d}/cert.pem", own.public_bytes(pem))
    put(f"{d}/key.pem", key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))


def free_ports(n):
    held = []
    for _ in range(n):
        s = socket.socket()
        s.bind(("127.0.0.1", 0))
        held.append(s)
    ports = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return ports


CONF = """
protocols = imap
listen = 127.0.0.1
base_dir = {d}/run
state_dir = {d}/run
log_path = {d}/dovecot.log
instance_name = {d}
ssl = required
ssl_cert = <{d}/cert.pem
ssl_key = <{d}/key.pem
ssl_dh =
disable_plaintext_auth = yes
auth_mechanisms = plain login oauthbearer xoauth2
mail_location = maildir:{d}/mail/%u
first_valid_uid = {uid}
first_valid_gid = {gid}
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {login}
default_vsz_limit = 0
mail_fsync = never
auth_failure_delay = 0
passdb {{
  driver = oauth2
  mechanisms = oauthbearer xoauth2
  args = {d}/oauth2.conf
}}
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = scheme=plain username_format=%u {d}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={d}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
namespace inbox {{
  inbox = yes
  mailbox Drafts {{
    special_use = \\Drafts
    auto = create
  }}
  mailbox Sent {{
    special_use = \\Sent
    auto = create
  }}
  mailbox Archive {{
    auto = create
  }}
}}
"""


class Mailbox:
    """Maildirs of all users, owned by whom dovecot reads mail as."""

    def __init__(self, d, uid, gid):
        self.d, self.uid, self.gid, self.n = d, uid, gid, 0

    def own(self, path):
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)

    def folder(self, user):
        at = f"{self.d}/mail/{user}"
        for sub in (at, f"{at}/cur", f"{at}/new", f"{at}/tmp"):
            if not os.path.isdir(sub):
                os.makedirs(sub, 0o700)
                self.own(sub)
        return at

    def deliver(self, user, data):
        at = self.folder(user)
        self.n += 1
        name = f"{int(time.time())}.{os.getpid()}_{self.n}.test"
        with open(f"{at}/tmp/{name}", "wb") as f:
            f.write(data)
        self.own(f"{at}/tmp/{name}")
        os.rename(f"{at}/tmp/{name}", f"{at}/new/{name}")


def is_token(o, token):
    """What dovecot finds too: our signature, and not past its end."""
    def bytes_of(text):
        return base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    text, _, mac = token.rpartition(b".")
    with open(f"{o.dir}/keys/default/HS256/default", "rb") as f:
        key = base64.b64decode(f.read())
    return hmac.compare_digest(hmac.new(key, text, hashlib.sha256).digest(), bytes_of(mac)) and json.loads(bytes_of(text.split(b".")[1]))["exp"] > time.time()


class Handler:
    def __init__(self, o, box):
        self.o, self.box = o, box

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.split("@")[0].startswith("nobody"):
            return "550 5.1.1 there is nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def auth_XOAUTH2(self, server, args):
        words = base64.b64decode(args[1]).split(b"\1")
        good = len(words) == 4 and words[0] == b"user=oauth" and words[1].startswith(b"auth=Bearer ") and is_token(self.o, words[1][12:])
        return AuthResult(success=good, handled=False)

    async def handle_DATA(self, server, session, envelope):
        crash = f"{self.o.dir}/crash"
        data = (b"Return-Path: <" + envelope.mail_from.encode() + b">\r\nAuthentication-Results: mx.example.com; dkim=pass header.d=example.com\r\n"
                b"Received: by mx.example.com\r\n" + envelope.original_content)
        for to in envelope.rcpt_tos:
            user = to.split("@")[0]
            if user in [*self.o.users, "oauth"]:
                self.box.deliver(user, data)
        with open(f"{self.o.dir}/accepted", "a") as f:
            f.write(json.dumps({"from": envelope.mail_from, "to": envelope.rcpt_tos, "bytes": len(envelope.original_content)}) + "\n")
        if os.path.exists(crash):
            pid = int(open(crash).read())
            os.unlink(crash)
            os.kill(pid, signal.SIGKILL)
            await asyncio.sleep(3600)
        return "250 OK taken over"


def check_login(o):
    def check(server, session, envelope, mechanism, data):
        good = mechanism in ("LOGIN", "PLAIN") and o.users.get(data.login.decode()) == data.password.decode()
        return AuthResult(success=good, handled=good)
    return check


class Controller(UnthreadedController):
    def __init__(self, *a, is_tls, context, **k):
        super().__init__(*a, ssl_context=context if is_tls else None, **k)
        self.context, self.is_tls = context, is_tls

    def factory(self):
        return SMTP(self.handler, hostname="localhost", loop=self.loop, authenticator=check_login(self.handler.o), auth_required=True,
                    auth_require_tls=not self.is_tls, tls_context=None if self.is_tls else self.context, require_starttls=not self.is_tls)


def make_token(o):
    """A bearer token for the user `oauth`, which dovecot checks by itself (a JWT); returns it."""
    def b64(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=")
    key = os.urandom(32)
    os.makedirs(f"{o.dir}/keys/default/HS256")
    with open(f"{o.dir}/keys/default/HS256/default", "wb") as f:
        f.write(base64.b64encode(key))
    with open(f"{o.dir}/oauth2.conf", "w") as f:
        f.write(f"introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix={o.dir}/keys/\nusername_attribute = sub\n")
    now = int(time.time())
    text = b64(b'{"alg":"HS256","typ":"JWT"}') + b"." + b64(json.dumps({"sub": "oauth", "iat": now - 60, "exp": now + 3600}).encode())
    return (text + b"." + b64(hmac.new(key, text, hashlib.sha256).digest())).decode()


def start_dovecot(o, ports):
    me = pwd.getpwuid(os.geteuid())
    root = os.geteuid() == 0
    mail = pwd.getpwnam("nobody") if root else me
    import grp
    group = grp.getgrgid(mail.pw_gid).gr_name
    with open(f"{o.dir}/users", "w") as f:
        for user, password in o.users.items():
            f.write(f"{user}:{{PLAIN}}{password}\n")
    if root:  # dovecot's own users read these, for a test's day
        subprocess.run(["chmod", "-R", "a+rX", f"{o.dir}/users", f"{o.dir}/keys", f"{o.dir}/oauth2.conf"], check=True)
    os.makedirs(f"{o.dir}/mail", exist_ok=True)
    os.makedirs(f"{o.dir}/run", exist_ok=True)
    if root:
        os.chown(f"{o.dir}/mail", mail.pw_uid, mail.pw_gid)
        os.chmod(o.dir, 0o711)
    with open(f"{o.dir}/dovecot.conf", "w") as f:
        f.write(CONF.format(d=o.dir, uid=mail.pw_uid, gid=mail.pw_gid, user="dovecot" if root else me.pw_name, login="dovenull" if root else me.pw_name,
                            group="dovecot" if root else group, imap=ports[0], imaps=ports[1]))
    process = subprocess.Popen([o.dovecot, "-F", "-c", f"{o.dir}/dovecot.conf"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=open(f"{o.dir}/dovecot.err", "w"))
    end = time.monotonic() + 15
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", ports[0]), 1).close()
            return process, Mailbox(o.dir, mail.pw_uid, mail.pw_gid)
        except OSError:
            time.sleep(0.05)
    process.kill()
    sys.exit("dovecot did not start: " + open(f"{o.dir}/dovecot.err").read())


async def serve(o, box, ports):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{o.dir}/cert.pem", f"{o.dir}/key.pem")
    loop = asyncio.get_running_loop()
    ending = asyncio.Event()
    for is_tls, port in ((False, ports[2]), (True, ports[3])):
        c = Controller(Handler(o, box), hostname="127.0.0.1", port=port, loop=loop, is_tls=is_tls, context=context)
        await loop.create_server(c.factory, host="127.0.0.1", port=port, ssl=context if is_tls else None)
    loop.add_signal_handler(signal.SIGTERM, ending.set)
    loop.add_signal_handler(signal.SIGINT, ending.set)
    loop.add_reader(sys.stdin.fileno(), lambda: ending.set() if not os.read(sys.stdin.fileno(), 100) else None)
    with open(f"{o.dir}/token", "w") as f:
        f.write(o.token)
    with open(f"{o.dir}/ports.new", "w") as f:
        json.dump(dict(zip(("imap", "imaps", "smtp", "smtps"), ports)), f)
    os.rename(f"{o.dir}/ports.new", f"{o.dir}/ports")
    print("ready", flush=True)
    await ending.wait()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--dir", required=True)
    p.add_argument("--dovecot", default="/usr/sbin/dovecot")
    p.add_argument("--user", action="append", default=[])
    o = p.parse_args()
    o.users = dict(u.split(":", 1) for u in o.user)
    os.umask(0o077)
    make_certificates(o.dir)
    o.token = make_token(o)
    ports = free_ports(4)
    dovecot, box = start_dovecot(o, ports)
    for user in [*o.users, "oauth"]:
        box.folder(user)
    try:
        asyncio.run(serve(o, box, ports))
    finally:
        dovecot.terminate()
        try:
            dovecot.wait(5)
        except subprocess.TimeoutExpired:
            dovecot.kill()
            dovecot.wait()


main()
