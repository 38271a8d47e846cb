using System.Runtime.Intrinsics;

namespace EmbedEngine;

/// <summary>What this build is and what it runs on.</summary>
public static class EngineInfo
{
    /// <summary>Version of the engine, as in the package.</summary>
    public const string Version = "0.1.0";

    /// <summary>
    /// The widest vector instructions the kernels use here: <c>avx512</c>, <c>avx2</c>, <c>vector128</c> or
    /// <c>scalar</c>.
    /// </summary>
    public static string SimdLevel =>
        Vector512.IsHardwareAccelerated ? "avx512"
        : Vector256.IsHardwareAccelerated ? "avx2"
        : Vector128.IsHardwareAccelerated ? "vector128"
        : "scalar";
}
