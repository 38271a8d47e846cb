// `./build.sh bench kernels [BenchmarkDotNet options]`: each kernel at each SIMD level. The level is a switch
// of the runtime, read when a process starts: this program starts itself once a level, and BenchmarkDotNet
// measures inside that process, which builds nothing more. Must never be built by the tests: it is in no
// solution.

using System.Diagnostics;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

const string LevelVariable = "EMBEDENGINE_BENCH_LEVEL";

// .NET 10 spells the first switch without F, .NET 9 with it.
(string Name, string[] Off)[] levels =
[
    ("best", []),
    ("avx2", ["DOTNET_EnableAVX512", "DOTNET_EnableAVX512F"]),
    ("sse", ["DOTNET_EnableAVX"]),
    ("scalar", ["DOTNET_EnableHWIntrinsic"]),
];

if (Environment.GetEnvironmentVariable(LevelVariable) is { } level)
{
    ManualConfig config = ManualConfig.Create(DefaultConfig.Instance)
        .WithArtifactsPath(Path.Combine("BenchmarkDotNet.Artifacts", level))
        .AddJob(Job.ShortRun.WithId(level).WithToolchain(InProcessEmitToolchain.Instance));
    return BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config).Any(
        s => s.HasCriticalValidationErrors)
        ? 1 : 0;
}
if (args.Length == 0) args = ["--filter", "*"];
int worst = 0;
foreach ((string name, string[] off) in levels)
{
    var start = new ProcessStartInfo(Environment.ProcessPath!);
    if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        start.ArgumentList.Add(typeof(Program).Assembly.Location);
    foreach (string argument in args) start.ArgumentList.Add(argument);
    start.Environment[LevelVariable] = name;
    // what is shipped is compiled ahead of time, without a profile
    start.Environment["DOTNET_TieredPGO"] = "0";
    foreach (string variable in off) start.Environment[variable] = "0";
    using Process child = Process.Start(start)!;
    child.WaitForExit();
    worst = Math.Max(worst, child.ExitCode);
}
return worst;
