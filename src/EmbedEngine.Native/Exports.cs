// The library itself: versions, features, statuses, the last error. Each export is thin: one try, one body
// that is never inlined (a stackalloc inside an export that is the library's first call would abort the
// host), one guard. Exports.Store, .Versions, .Model, .Queries and .Keys hold the rest. Must hold
// translation only: what is possible here is possible with the public managed API.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EmbedEngine.Native;

/// <summary>The C ABI; include/embed_engine.h is its documentation.</summary>
internal static unsafe partial class Exports
{
    /// <summary>
    /// Grows when functions or struct fields are added; nothing is ever removed or changed.
    /// </summary>
    public const int AbiVersion = 1;

    private const ulong FeatureItem2Vec = 1;
    private const ulong FeatureCovisitation = 2;
    private const ulong FeatureHnsw = 4;
    private const ulong FeatureTextKeys = 8;

    private const MethodImplOptions Body = MethodImplOptions.NoInlining;

    private static byte* _version;
    private static nint[]? _sourceNames;

    [UnmanagedCallersOnly(EntryPoint = "ee_abi_version")]
    private static int GetAbiVersion() => AbiVersion;

    [UnmanagedCallersOnly(EntryPoint = "ee_features")]
    private static ulong GetFeatures() =>
        FeatureItem2Vec | FeatureCovisitation | FeatureHnsw | FeatureTextKeys;

    [UnmanagedCallersOnly(EntryPoint = "ee_version")]
    private static byte* GetVersion() => VersionText();

    [UnmanagedCallersOnly(EntryPoint = "ee_simd_level")]
    private static byte* GetSimdLevel() => SimdLevelText();

    [UnmanagedCallersOnly(EntryPoint = "ee_status_name")]
    private static byte* GetStatusName(int status) => StatusText(status);

    [UnmanagedCallersOnly(EntryPoint = "ee_source_name")]
    private static byte* GetSourceName(int source) => SourceText(source);

    [UnmanagedCallersOnly(EntryPoint = "ee_last_error")]
    private static int GetLastError(byte* buffer, long capacity, long* needed) =>
        LastError(buffer, capacity, needed);

    [MethodImpl(Body)]
    private static int LastError(byte* buffer, long capacity, long* needed)
    {
        // Not through the guard: asking for the message must not change it.
        if (needed == null) return (int)ErrorCode.InvalidArgument;
        return Arguments.CopyOut(Guard.LastMessage, buffer, capacity, needed, quiet: true);
    }

    [MethodImpl(Body)]
    private static byte* VersionText()
    {
        if (_version == null)
        {
            // Two threads that are first together leave one copy unused: harmless, and cheaper than a lock.
            _version = (byte*)Marshal.StringToCoTaskMemUTF8(EngineInfo.Version);
        }
        return _version;
    }

    [MethodImpl(Body)]
    private static byte* SourceText(int source)
    {
        nint[]? names = _sourceNames;
        if (names is null)
        {
            // As with the version: whoever is first, and kept for as long as the process lives.
            int last = 0;
            foreach (CandidateSourceKind kind in SourceNames.All) last = Math.Max(last, (int)kind);
            names = new nint[1 + last];
            foreach (CandidateSourceKind kind in SourceNames.All)
                names[(int)kind] = Marshal.StringToCoTaskMemUTF8(SourceNames.NameOf(kind));
            _sourceNames = names;
        }
        return (uint)source < (uint)names.Length ? (byte*)names[source] : null;
    }

    [MethodImpl(Body)]
    private static byte* SimdLevelText() => EngineInfo.SimdLevel switch
    {
        "avx512" => Literal("avx512"u8),
        "avx2" => Literal("avx2"u8),
        "vector128" => Literal("vector128"u8),
        _ => Literal("scalar"u8),
    };

    [MethodImpl(Body)]
    private static byte* StatusText(int status) => (ErrorCode)status switch
    {
        ErrorCode.None => Literal("EE_OK"u8),
        ErrorCode.InvalidArgument => Literal("EE_E_INVALID_ARGUMENT"u8),
        ErrorCode.Handle => Literal("EE_E_HANDLE"u8),
        ErrorCode.NotFound => Literal("EE_E_NOT_FOUND"u8),
        ErrorCode.Io => Literal("EE_E_IO"u8),
        ErrorCode.Corrupt => Literal("EE_E_CORRUPT"u8),
        ErrorCode.Format => Literal("EE_E_FORMAT"u8),
        ErrorCode.Locked => Literal("EE_E_LOCKED"u8),
        ErrorCode.BadInput => Literal("EE_E_BAD_INPUT"u8),
        ErrorCode.NoModel => Literal("EE_E_NO_MODEL"u8),
        ErrorCode.Unknown => Literal("EE_E_UNKNOWN"u8),
        ErrorCode.Cancelled => Literal("EE_E_CANCELLED"u8),
        ErrorCode.BufferTooSmall => Literal("EE_E_BUFFER_TOO_SMALL"u8),
        ErrorCode.VersionMismatch => Literal("EE_E_VERSION_MISMATCH"u8),
        ErrorCode.Forked => Literal("EE_E_FORKED"u8),
        ErrorCode.ReadOnly => Literal("EE_E_READ_ONLY"u8),
        ErrorCode.KeyKind => Literal("EE_E_KEY_KIND"u8),
        ErrorCode.Leak => Literal("EE_E_LEAK"u8),
        ErrorCode.OutOfMemory => Literal("EE_E_OUT_OF_MEMORY"u8),
        ErrorCode.Internal => Literal("EE_E_INTERNAL"u8),
        _ => Literal("EE_E_UNNAMED"u8),
    };

    // A u8 literal lies in the library's image, followed by a zero byte, for as long as the process lives.
    private static byte* Literal(ReadOnlySpan<byte> text) =>
        (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(text));
}
