// Format 1.0 of answer logs is read for ever: bytes that a program made by docs/formats.md, not by this
// engine.

using System.Globalization;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Interactions.Log;

public sealed class AnswerLogTests : IDisposable
{
    // Header; replaces 0x1111…; an answer of int64 items; one of text items to a session, in no arm; a record
    // of a kind that is not known; an outcome; six bytes of a torn record.
    private const string Format1 = ""
        + "454552310d0a1a0a0100000004030201efcdab896745230100000000a6cc702509000000c44ac72c0311"
        + "111111111111112d000000602bcbc50101018bcfe56800beefa1b2c3d4e5f60718000e898bc46c7f390e"
        + "07636f6e74726f6c035ac301808080808040270000005fc3c8770100018bcfe56be80001010203040506"
        + "0708298b46586e8f98f40e00020474656e74045a6fc3ab060000008ade4bf5096c6174657229000000b9"
        + "0e4c530201018bcfe56800beefa1b2c3d4e5f60718000e898bc46c7f3990eeabfef96206636c69636b73"
        + "c301140000000102";

    private const int Whole = 212;

    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static string Tell(in AnswerRecord r)
    {
        ReadOnlySpan<byte> left = r.Items;
        var items = new List<string>();
        while (AnswerLog.TryItem(ref left, r.Int64Items, out long item))
            items.Add(item.ToString(r.Int64Items ? "d" : "x", CultureInfo.InvariantCulture));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{r.Kind} {r.Id} {r.TimeMs} {r.Unit:x} v{r.Version} '{Text(r.Arm)}' '{Text(r.Action)}' "
            + $"{r.ItemCount}: {string.Join(' ', items)}");
    }

    private static string Text(ReadOnlySpan<byte> utf8) => System.Text.Encoding.UTF8.GetString(utf8);

    [Fact]
    public void Read_Format1_GivesItsRecords()
    {
        var told = new List<string>();
        ulong replaced = 0;
        using MappedFile file = FileSystem.Real.Map(
            _scratch.Write("a.eer", Convert.FromHexString(Format1)));
        long end = AnswerLog.Read(file, (in AnswerRecord r) =>
        {
            if (r.Kind == AnswerRecordKind.Replaces) replaced = BitConverter.ToUInt64(r.Logs);
            else if ((int)r.Kind < 3) told.Add(Tell(r));
        });
        Assert.Equal((Whole, 0x1111111111111111UL), (end, replaced));
        Assert.Equal(
            [
                "Answer 018bcfe56800beefa1b2c3d4e5f60718 1700000000000 397f6cc48b890e00 v7 'control' '' "
                    + "3: 45 -98 1099511627776",
                "Answer 018bcfe56be800010102030405060708 1700000001000 f4988f6e58468b29 v7 '' '' "
                    + "2: cd3d4e51ce37dd57 2dfdea7529ce8e81",
                "Outcome 018bcfe56800beefa1b2c3d4e5f60718 1700000005000 397f6cc48b890e00 v0 '' 'clicks' "
                    + "1: -98",
            ],
            told);
    }

    [Fact]
    public void Encode_GivesTheSameBytes()
    {
        byte[] expected = Convert.FromHexString(Format1);
        Assert.Equal(expected[..32], AnswerLog.EncodeHeader(0x0123456789abcdef));
        var record = new VarintWriter();
        Assert.True(AnswerId.TryParse("018bcfe56800beefa1b2c3d4e5f60718", out AnswerId id));
        AnswerLog.Replaces(record, [0x1111111111111111]);
        Assert.Equal(expected[32..49], record.Written.ToArray());
        AnswerLog.BeginAnswer(record, id, AnswerLog.UnitOfUser("anna"u8), 7, "control"u8, true, 3);
        foreach (long item in (long[])[45, -98, 1L << 40]) AnswerLog.Item(record, item);
        Assert.True(AnswerLog.End(record));
        Assert.Equal(expected[49..(49 + record.Length)], record.Written.ToArray());
        AnswerLog.BeginOutcome(
            record, id, AnswerLog.UnitOfUser("anna"u8), 1_700_000_005_000, "clicks"u8, true);
        AnswerLog.Item(record, -98);
        Assert.True(AnswerLog.End(record));
        Assert.Equal(expected[(Whole - record.Length)..Whole], record.Written.ToArray());
    }

    [Fact]
    public void Read_LaterMajorFormat_IsRefused_AndZerosAreNothing()
    {
        byte[] bytes = Convert.FromHexString(Format1);
        bytes[8] = 2;
        BitConverter.TryWriteBytes(bytes.AsSpan(28), Crc32C.Compute(bytes.AsSpan(0, 28)));
        using (MappedFile later = FileSystem.Real.Map(_scratch.Write("b.eer", bytes)))
        {
            Assert.Equal(ErrorCode.Format, Assert.Throws<EmbedEngineException>(
                () => AnswerLog.Read(later, static (in AnswerRecord _) => { })).Code);
        }
        using MappedFile zeros = FileSystem.Real.Map(_scratch.Write("c.eer", new byte[500]));
        Assert.Equal(0, AnswerLog.Read(zeros, static (in AnswerRecord _) => { }));
    }
}
