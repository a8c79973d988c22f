/* Implements "certutil -hashfile", which Wine lacks: computes the SHA-256 with the system's bcrypt, and prints it like Windows 10. */
#include <windows.h>
#include <bcrypt.h>
#include <stdio.h>

int main(int count, char **arguments)
{
    BCRYPT_ALG_HANDLE algorithm;
    BCRYPT_HASH_HANDLE hash;
    unsigned char buffer[65536], digest[32];
    size_t length;
    FILE *file;

    if (count != 4 || _stricmp(arguments[1], "-hashfile") || _stricmp(arguments[3], "SHA256"))
        return 1;

    if ((file = fopen(arguments[2], "rb")) == NULL)
    {
        puts("CertUtil: -hashfile command FAILED: 0x80070002 (WIN32: 2 ERROR_FILE_NOT_FOUND)");
        return 2;
    }

    if (BCryptOpenAlgorithmProvider(&algorithm, BCRYPT_SHA256_ALGORITHM, NULL, 0) ||
        BCryptCreateHash(algorithm, &hash, NULL, 0, NULL, 0, 0))
        return 3;

    while ((length = fread(buffer, 1, sizeof buffer, file)) > 0)
        if (BCryptHashData(hash, buffer, (ULONG)length, 0))
            return 3;

    if (ferror(file) || BCryptFinishHash(hash, digest, sizeof digest, 0))
        return 3;

    printf("SHA256 hash of %s:\n", arguments[2]);
    for (int i = 0; i < 32; i++)
        printf("%02x", digest[i]);

    puts("\nCertUtil: -hashfile command completed successfully.");
    return 0;
}
