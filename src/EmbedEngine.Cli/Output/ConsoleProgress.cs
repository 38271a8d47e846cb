// Progress on standard error: one live line in a terminal, one line a finished stage elsewhere. Standard
// output is only for results.

using System.Diagnostics;
using System.Globalization;

namespace EmbedEngine.Cli.Output;

/// <summary>Prints progress with rate and time left.</summary>
internal sealed class ConsoleProgress
{
    private const double QuietSeconds = 2;
    private const int BarWidth = 24;

    private static readonly bool IsTerminal = !Console.IsErrorRedirected;

    private readonly Stopwatch _stageClock = new();
    private string _stage = "";
    private ProgressReport _last;

    /// <summary>The handler to hand to the engine.</summary>
    public ProgressHandler Handler => Report;

    /// <summary>Erases the live line, before something else is printed.</summary>
    public static void ClearLine()
    {
        if (IsTerminal) Console.Error.Write("\r\u001b[K");
    }

    /// <summary>Ends the last stage.</summary>
    public void Finish()
    {
        EndStage();
        _stage = "";
    }

    private void Report(in ProgressReport report)
    {
        if (report.Stage != _stage)
        {
            EndStage();
            _stage = report.Stage;
            _stageClock.Restart();
        }
        _last = report;
        if (IsTerminal) Draw();
    }

    private void Draw()
    {
        double seconds = _stageClock.Elapsed.TotalSeconds;
        double rate = seconds > 0.1 ? _last.Done / seconds : 0;
        string line = $"{_stage,-26} ";
        if (_last.Total > 0)
        {
            double share = Math.Min(1, (double)_last.Done / _last.Total);
            int filled = (int)(share * BarWidth);
            string left = rate > 0 ? Duration((_last.Total - _last.Done) / rate) + " left" : "";
            line += string.Create(
                CultureInfo.InvariantCulture,
                $"[{new string('#', filled)}{new string('.', BarWidth - filled)}] {share * 100,3:0}% "
                + $"{Rate(rate)} {left}");
        }
        else
        {
            line += $"{Duration(seconds)} {Rate(rate)}";
        }
        Console.Error.Write("\r" + line + "\u001b[K");
    }

    private void EndStage()
    {
        if (_stage.Length == 0) return;
        double seconds = _stageClock.Elapsed.TotalSeconds;
        ClearLine();
        if (seconds < QuietSeconds && !IsTerminal) return;
        if (seconds < 0.05) return;
        double rate = seconds > 0 ? _last.Done / seconds : 0;
        Console.Error.WriteLine($"{_stage,-26} {Duration(seconds),8}  {Rate(rate)}");
    }

    private string Rate(double rate)
    {
        if (rate <= 0) return "";
        (double value, string unit) = rate switch
        {
            >= 1e6 => (rate / 1e6, "M "),
            >= 1e3 => (rate / 1e3, "k "),
            _ => (rate, " "),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{value:0.0} {unit}{_last.Unit}/s");
    }

    private static string Duration(double seconds) => seconds < 60
        ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 60} min {(int)seconds % 60:00} s");
}
