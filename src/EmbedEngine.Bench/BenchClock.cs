using System.Diagnostics;

namespace EmbedEngine.Bench;

/// <summary>Wall and processor seconds since it was made.</summary>
internal readonly struct BenchClock()
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly double _cpu = Cpu;

    public double Seconds => Stopwatch.GetElapsedTime(_start).TotalSeconds;

    public double CpuSeconds => Cpu - _cpu;

    private static double Cpu => Environment.CpuUsage.TotalTime.TotalSeconds;
}
