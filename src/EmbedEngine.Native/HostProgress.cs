// A host's progress callback as the managed call sees it: called on the thread that made the long call; a
// non-zero answer cancels. Must never let more than one thread into the host.

using System.Runtime.InteropServices;

using unsafe ProgressCallback = delegate* unmanaged[Cdecl]<void*, byte*, long, long, int>;

namespace EmbedEngine.Native;

/// <summary>Progress and cancellation of one long call.</summary>
internal sealed unsafe class HostProgress : IDisposable
{
    private readonly ProgressCallback _callback;
    private readonly void* _userData;
    private readonly CancellationTokenSource _cancel = new();
    private string _stage = "";
    private nint _stageText;

    public HostProgress(ProgressCallback callback, void* userData)
    {
        _callback = callback;
        _userData = userData;
    }

    /// <summary>What to hand to the engine; null without a callback.</summary>
    public ProgressHandler? Handler => _callback == null ? null : Report;

    /// <summary>Cancelled once the host said so.</summary>
    public CancellationToken Token => _cancel.Token;

    /// <summary>Frees the stage's text.</summary>
    public void Dispose()
    {
        Marshal.FreeCoTaskMem(_stageText);
        _stageText = 0;
        _cancel.Dispose();
    }

    private void Report(in ProgressReport report)
    {
        if (_stageText == 0 || report.Stage != _stage)
        {
            Marshal.FreeCoTaskMem(_stageText);
            _stage = report.Stage;
            _stageText = Marshal.StringToCoTaskMemUTF8(_stage);
        }
        if (_callback(_userData, (byte*)_stageText, report.Done, report.Total) != 0) _cancel.Cancel();
    }
}
