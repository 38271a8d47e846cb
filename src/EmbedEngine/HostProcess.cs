using EmbedEngine.Storage.Catalog;

namespace EmbedEngine;

/// <summary>What an engine compiled ahead of time does to the process that loaded it.</summary>
public static class HostProcess
{
    /// <summary>
    /// Makes now every thread that a package of the engine would make later. The shared library calls it when
    /// it is first called; a .NET program compiled ahead of time that forks calls it before. Never throws.
    /// </summary>
    public static void PrepareForFork() => CatalogConnection.MakeTimer();
}
