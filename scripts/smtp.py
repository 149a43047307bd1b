"""A mail server for tests: aiosmtpd on a free port of loopback, which keeps what it is given as files.

    smtp.py serve FOLDER OPTIONS     prints its port, and serves until its standard input ends
    smtp.py read FILE                prints a message as JSON, its workbooks and pages opened

FOLDER gets 1.eml, 2.eml, ... and, with --tls, ca.pem for who must trust the server.
"""

import argparse
import asyncio
import datetime
import email
import email.policy
import hashlib
import io
import ipaddress
import json
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


def certificate(folder):
    """A context with a certificate for 127.0.0.1 that signs itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test mail server")])
    now = datetime.datetime.now(datetime.timezone.utc)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with open(os.path.join(folder, "ca.pem"), "wb") as file:
        file.write(pem)
    both = os.path.join(folder, "server.pem")
    with open(both, "wb") as file:
        file.write(pem + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context


class Handler:
    def __init__(self, options):
        self.options = options
        self.count = 0

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address in self.options.refuse:
            return "550 5.1.1 a secret word of the server"
        if address in self.options.later and not os.path.exists(os.path.join(self.options.folder, "ready")):
            return "451 4.7.1 greylisted"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        path = os.path.join(self.options.folder, f"{self.count}.eml")
        with open(path + ".part", "wb") as file:
            file.write(("X-Envelope-To: " + ", ".join(envelope.rcpt_tos) + "\r\n").encode())
            file.write(envelope.original_content)
        os.rename(path + ".part", path)
        return "250 OK"


class Hanging(SMTP):
    """Accepts a connection and never says a word."""

    def connection_made(self, transport):
        self.transport = transport

    def connection_lost(self, error):
        pass

    def data_received(self, data):
        pass


async def serve(options):
    os.makedirs(options.folder, exist_ok=True)
    context = certificate(options.folder) if options.tls != "none" else None
    more = {"data_size_limit": options.limit}
    if options.tls == "starttls":
        more |= {"tls_context": context, "require_starttls": True}
    if options.user:
        given = options.user.encode().split(b":", 1)

        def right(server, session, envelope, mechanism, data):
            return AuthResult(success=[data.login, data.password] == given, handled=False)

        more |= {"authenticator": right, "auth_required": True, "auth_require_tls": options.tls == "starttls"}
    handler = Handler(options)
    loop = asyncio.get_running_loop()
    kind = Hanging if options.hang else SMTP
    implicit = context if options.tls == "implicit" else None
    server = await loop.create_server(lambda: kind(handler, **more), "127.0.0.1", options.port, ssl=implicit)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


def opened(part):
    """What is inside an attachment, read by somebody else's program."""
    content = part.get_content()
    content = content.encode() if isinstance(content, str) else content
    told = {"name": part.get_filename(), "type": part.get_content_type(), "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest()}
    if content[:2] == b"PK":
        import openpyxl

        book = openpyxl.load_workbook(io.BytesIO(content))
        told["sheets"] = {
            sheet.title: [[None if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
            for sheet in book
        }
    elif part.get_content_type() == "text/html":
        told["text"] = content.decode()
    elif content[:5] == b"%PDF-":
        told["pdf"] = True
    return told


def read(path):
    with open(path, "rb") as file:
        message = email.message_from_binary_file(file, policy=email.policy.default)
    body = message.get_body(preferencelist=("plain",))
    print(json.dumps({
        "headers": {name: str(value) for name, value in message.items()},
        "text": body.get_content() if body else None,
        "defects": [str(defect) for defect in message.defects],
        "attachments": [opened(part) for part in message.iter_attachments()],
    }))


def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("serve")
    one.add_argument("folder")
    one.add_argument("--port", type=int, default=0)
    one.add_argument("--tls", choices=["none", "starttls", "implicit"], default="none")
    one.add_argument("--user", help="NAME:PASSWORD")
    one.add_argument("--refuse", action="append", default=[], help="an address that isn't there")
    one.add_argument("--later", action="append", default=[], help="an address that is put off until FOLDER/ready exists")
    one.add_argument("--limit", type=int, default=50 << 20, help="the largest message")
    one.add_argument("--hang", action="store_true")
    commands.add_parser("read").add_argument("file")
    options = parser.parse_args()
    if options.command == "serve":
        asyncio.run(serve(options))
    else:
        read(options.file)


if __name__ == "__main__":
    main()
