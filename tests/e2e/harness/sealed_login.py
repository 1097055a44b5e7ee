"""The login in tokenflex_etl.login, read and written by libcrypto from here: AES-256-GCM, as the table's comments say."""

import base64
import ctypes
import hashlib
import hmac
import json
import os

_VERSION = b"\x01"
_NONCE = 12
_TAG = 16
_CTRL_GET_TAG, _CTRL_SET_TAG = 0x10, 0x11


def _load():
    library = ctypes.CDLL("libcrypto.so.3")
    for name in ("EVP_CIPHER_CTX_new", "EVP_aes_256_gcm"):
        getattr(library, name).restype = ctypes.c_void_p
    return library


_crypto = _load()


class _Cipher:
    def __init__(self, way, key, nonce, context):
        self._way = way
        self._handle = ctypes.c_void_p(_crypto.EVP_CIPHER_CTX_new())
        self._must(getattr(_crypto, f"EVP_{way}Init_ex")(
            self._handle, ctypes.c_void_p(_crypto.EVP_aes_256_gcm()), None, key, nonce))
        self._update(None, _VERSION + context)

    @staticmethod
    def _must(done):
        if done != 1:
            raise ValueError("libcrypto refuses")

    def _update(self, out, text):
        count = ctypes.c_int()
        self._must(getattr(_crypto, f"EVP_{self._way}Update")(self._handle, out, ctypes.byref(count), text, len(text)))

    def text(self, text):
        out = ctypes.create_string_buffer(len(text))
        self._update(out, text)
        return out.raw

    def control(self, what, buffer):
        self._must(_crypto.EVP_CIPHER_CTX_ctrl(self._handle, what, _TAG, buffer))

    def end(self):
        count = ctypes.c_int()
        rest = ctypes.create_string_buffer(16)
        self._must(getattr(_crypto, f"EVP_{self._way}Final_ex")(self._handle, rest, ctypes.byref(count)))

    def free(self):
        _crypto.EVP_CIPHER_CTX_free(self._handle)


def context_of(account, client_id):
    return f"login of {len(account.encode())}:{account} {len(client_id.encode())}:{client_id}".encode()


def key_id(key):
    return hmac.new(key, b"tokenflex-etl key id", hashlib.sha256).hexdigest()[:16]


def new_key():
    return os.urandom(32)


def as_text(key):
    """As `openssl rand -base64 32` prints one."""
    return base64.b64encode(key).decode() + "\n"


def opened(key, context, sealed):
    version, nonce = sealed[:1], sealed[1 : 1 + _NONCE]
    if version != _VERSION:
        raise ValueError(f"version {version!r}")
    cipher = _Cipher("Decrypt", key, nonce, context)
    text = cipher.text(sealed[1 + _NONCE : -_TAG])
    cipher.control(_CTRL_SET_TAG, ctypes.create_string_buffer(sealed[-_TAG:], _TAG))
    cipher.end()
    cipher.free()
    return json.loads(text)


def sealed(key, context, login):
    nonce = os.urandom(_NONCE)
    cipher = _Cipher("Encrypt", key, nonce, context)
    text = cipher.text(json.dumps(login).encode())
    cipher.end()
    tag = ctypes.create_string_buffer(_TAG)
    cipher.control(_CTRL_GET_TAG, tag)
    cipher.free()
    return _VERSION + nonce + text + tag.raw
