#!/bin/sh
# Make the RSA keys and certificates of the public-key vectors, once. They protect nothing but the vectors.
set -eu
new() { openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$1.key"; }
new ca
openssl req -x509 -new -key ca.key -subj "/CN=Vector CA" -days 36500 -out ca.crt \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign
for who in initiator:sip:ue-a@example.com responder:sip:mrfc-2@example.com kms:https://kms.example.com; do
    name=${who%%:*}
    new "$name"
    openssl req -new -key "$name.key" -subj "/CN=$name of the vectors" -addext "subjectAltName=URI:${who#*:}" |
        openssl x509 -req -CA ca.crt -CAkey ca.key -days 36500 -copy_extensions copy -out "$name.crt"
done
